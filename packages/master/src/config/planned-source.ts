import { readFileSync } from 'node:fs';
import type { PlannedSource } from '@millrace/protocol/plan';
import type { RepositoryCredentials } from '@millrace/protocol/repository/credentials';
import { isFolder } from '@millrace/protocol/repository/address';
import type { PlanInput } from './config.ts';
import { credentialSecret } from './credential-secret.ts';
import type { RepositoryConfig } from './source-config.ts';

const defaultUsername = 'git';

/** A build's source with what a worker needs to fetch it. */
export function plannedSource(
  source: NonNullable<PlanInput['source']>,
  repository: Pick<RepositoryConfig, 'name' | 'kind' | 'url' | 'credentials'>,
): PlannedSource {
  const credentials = plannedCredentials(repository);
  return {
    ...source,
    kind: repository.kind,
    url: repository.url,
    ...(credentials === undefined ? {} : { credentials }),
  };
}

function plannedCredentials({
  name,
  url,
  credentials,
}: Pick<RepositoryConfig, 'name' | 'url' | 'credentials'>): RepositoryCredentials | undefined {
  if (credentials === null || isFolder(url)) return undefined;
  if (/^https?:/i.test(url))
    return credentials.password === null
      ? undefined
      : {
          kind: 'password',
          username: credentials.username ?? defaultUsername,
          secret: credentialSecret(name, 'password'),
        };
  if (credentials.sshKeyFile === null) return undefined;
  const knownHosts = knownHostsOf(credentials.knownHostsFile);
  return {
    kind: 'ssh-key',
    secret: credentialSecret(name, 'ssh-key'),
    ...(knownHosts === undefined ? {} : { knownHosts }),
  };
}

/** Public keys: they may stand in a plan. Where the file cannot be read ssh will say that it does not know the host. */
function knownHostsOf(file: string | null): string | undefined {
  if (file === null) return undefined;
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
