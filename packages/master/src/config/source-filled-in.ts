import path from 'node:path';
import { isFolder } from '@millrace/protocol/repository/address';
import { knownCommitLink } from './commit-link.ts';
import type { CredentialsDefinition, HookDefinition, RepositoryDefinition } from './define-source.ts';
import { repositoryUrl } from './repository-url.ts';
import type { HookConfig, RepositoryConfig, SourceCredentials, SecretSource } from './source-config.ts';

const remotePollEveryMs = 30_000;
/** Mercurial takes a tenth of a second to say anything. */
const folderPollEveryMs = { git: 500, hg: 3_000 } as const;
const defaultFetchMsMax = 10 * 60_000;

/** A repository with what its definition does not say; relative paths are resolved against `folder`. */
export function repositoryConfig(one: RepositoryDefinition, folder: string): RepositoryConfig {
  const kind = one.hg === undefined ? 'git' : 'hg';
  const address = one.hg ?? one.git ?? '';
  const branches = [...(one.branches ?? [])];
  const named = branches.find((branch) => !branch.includes('*'));
  const url = repositoryUrl(address, folder);
  return {
    name: one.name,
    kind,
    url,
    branches,
    tags: [...(one.tags ?? [])],
    credentials: one.credentials === undefined ? null : credentialsOf(one.credentials, folder),
    pollEveryMs: one.pollEveryMs ?? (isFolder(address) ? folderPollEveryMs[kind] : remotePollEveryMs),
    fetchMsMax: one.fetchMsMax ?? defaultFetchMsMax,
    defaultBranch: one.defaultBranch ?? named ?? (kind === 'git' ? 'main' : 'default'),
    commitLink: one.commitLink ?? knownCommitLink(url),
  };
}

export function hookConfig(one: HookDefinition, folder: string): HookConfig {
  const { name, kind, repository = null } = one;
  return { name, kind, secret: secretOf(one.secret, folder), repository };
}

function credentialsOf(one: CredentialsDefinition, folder: string): SourceCredentials {
  const fileOf = (file: string | undefined): string | null =>
    file === undefined ? null : path.resolve(folder, file);
  return {
    sshKeyFile: fileOf(one.sshKeyFile),
    knownHostsFile: fileOf(one.knownHostsFile),
    username: one.username ?? null,
    password: one.password === undefined ? null : secretOf(one.password, folder),
  };
}

function secretOf(source: SecretSource, folder: string): SecretSource {
  return 'env' in source ? { env: source.env } : { file: path.resolve(folder, source.file) };
}
