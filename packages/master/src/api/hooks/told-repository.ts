import type { HookConfig, RepositoryConfig } from '../../config/source-config.ts';

/** The repository of the config that a delivery is about; undefined: the config knows none of its addresses. */
export function toldRepository(
  hook: HookConfig,
  addresses: readonly string[],
  repositories: readonly RepositoryConfig[],
): RepositoryConfig | undefined {
  if (hook.repository !== null) return repositories.find(({ name }) => name === hook.repository);
  const told = new Set(addresses.map(placeOf).filter((place) => place !== undefined));
  return repositories.find(({ url }) => told.has(placeOf(url) ?? ''));
}

/** Host and path: the same whether by https, ssh or `git@host:path`, with or without `.git`. */
export function placeOf(address: string): string | undefined {
  const [, host, way] =
    /^[a-z][a-z0-9+.-]*:\/\/(?:[^/@]*@)?([^/:]+)(?::\d+)?\/+(.+)$/i.exec(address) ??
    /^(?:[^/@]*@)?([^/:@]{2,}):\/*(.+)$/.exec(address) ??
    [];
  if (host === undefined || way === undefined) return undefined;
  return `${host}/${way.replace(/\/+$/, '').replace(/\.git$/, '')}`.toLowerCase();
}
