import type { Scope } from '@millrace/master/config/access-config';

export interface TokenFor {
  readonly worker: string | undefined;
  readonly caller: string | undefined;
  readonly scopes: readonly Scope[];
  readonly hash: string;
  /** As it is written in a config. */
  readonly expiresAt: string | undefined;
}

/** What stands in a config for a token; for a caller where it is not said for whom. */
export function tokenConfigLine({ worker, caller, scopes, hash, expiresAt }: TokenFor): string {
  const held = expiresAt === undefined ? `'${hash}'` : `{ hash: '${hash}', expiresAt: '${expiresAt}' }`;
  if (worker !== undefined) return `worker({ name: '${worker}', tokenHash: ${held} }),`;
  const list = scopes.map((scope) => `'${scope}'`).join(', ');
  return `token({ name: '${caller ?? 'somebody'}', hash: ${held}, scopes: [${list}] }),`;
}
