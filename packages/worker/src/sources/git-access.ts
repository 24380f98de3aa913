import type { OpenedCredentials } from '@millrace/protocol/repository/credentials';
import { gitLogin } from '@millrace/protocol/repository/git-login';
import {
  unattendedGitEnvironment,
  unattendedSsh,
  unattendedTransfer,
} from '@millrace/protocol/repository/unattended';
import type { RepositoryCommand } from './repository-command.ts';
import { agentSshCommand, throughSshAgent } from './ssh-access.ts';

/** How git enters another repository. */
export interface GitAccess {
  /** Credentials are sent to its server alone. */
  readonly url: string;
  readonly credentials: OpenedCredentials | undefined;
  /** Whether repositories in folders of this machine may be read. */
  readonly folders: boolean;
}

/**
 * Every git command of a step sees this: nobody is there to be asked, and what git-lfs keeps is fetched only where a
 * step says so.
 */
export const quietGitEnvironment: Readonly<Record<string, string>> = {
  ...unattendedGitEnvironment,
  GIT_LFS_SKIP_SMUDGE: '1',
};

/** A git command that reaches another repository. `args` begin after `git`. */
export function gitOverNetwork(args: readonly string[], access: GitAccess): RepositoryCommand {
  const { credentials, folders } = access;
  const env = { GIT_ALLOW_PROTOCOL: `${folders ? 'file:' : ''}git:http:https:ssh` };
  if (credentials?.kind === 'ssh-key')
    return throughSshAgent(
      { args: ['git', ...unattendedTransfer, ...args], env: { ...env, GIT_SSH_COMMAND: agentSshCommand } },
      credentials,
    );
  const login = credentials === undefined ? undefined : gitLogin(access.url, credentials);
  if (login === undefined)
    return { args: ['git', ...unattendedTransfer, ...args], env: { GIT_SSH_COMMAND: unattendedSsh, ...env } };
  return { args: ['git', ...unattendedTransfer, ...login.args, ...args], env: { ...env, ...login.env } };
}
