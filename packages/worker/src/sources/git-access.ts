import type { OpenedCredentials } from '@millrace/protocol/repository/credentials';
import type { RepositoryCommand } from './repository-command.ts';
import { agentSshCommand, sshCommand, throughSshAgent } from './ssh-access.ts';

/** How git enters another repository. */
export interface GitAccess {
  /** Credentials are sent to its server alone. */
  readonly url: string;
  readonly credentials: OpenedCredentials | undefined;
  /** Whether repositories in folders of this machine may be read. */
  readonly folders: boolean;
}

const passwordVariable = 'MILLRACE_GIT_PASSWORD';
const usernameVariable = 'MILLRACE_GIT_USERNAME';

/**
 * Runs in git's own shell and answers from the environment: neither git's arguments nor its config hold the
 * password.
 */
const credentialHelper =
  `!f() { test "$1" = get && printf 'username=%s\\npassword=%s\\n' ` +
  `"$${usernameVariable}" "$${passwordVariable}"; }; f`;

/** A server that sends less than this for so long is given up. */
const lowSpeed = { bytesPerSecond: 100, seconds: 120 };

/**
 * What any git command is told so that it never asks anybody: neither at a terminal, nor in a window, nor by ssh. Its
 * words are English, for those who read them; what git-lfs keeps is fetched only where a step says so.
 */
export const quietGitEnvironment: Readonly<Record<string, string>> = {
  GIT_TERMINAL_PROMPT: '0',
  GIT_ASKPASS: 'false',
  SSH_ASKPASS: 'false',
  SSH_ASKPASS_REQUIRE: 'never',
  GCM_INTERACTIVE: 'never',
  GIT_LFS_SKIP_SMUDGE: '1',
  LC_ALL: 'C',
};

/** A git command that reaches another repository. `args` begin after `git`. */
export function gitOverNetwork(args: readonly string[], access: GitAccess): RepositoryCommand {
  const { credentials, folders } = access;
  const transfer = [
    '-c',
    `http.lowSpeedLimit=${lowSpeed.bytesPerSecond}`,
    '-c',
    `http.lowSpeedTime=${lowSpeed.seconds}`,
  ];
  const env = { GIT_ALLOW_PROTOCOL: `${folders ? 'file:' : ''}git:http:https:ssh` };
  if (credentials?.kind === 'ssh-key')
    return throughSshAgent(
      { args: ['git', ...transfer, ...args], env: { ...env, GIT_SSH_COMMAND: agentSshCommand } },
      credentials,
    );
  const server = serverOf(access.url);
  if (credentials === undefined || server === undefined)
    return { args: ['git', ...transfer, ...args], env: { GIT_SSH_COMMAND: sshCommand, ...env } };
  // No helper of the machine is asked, nor told to keep it.
  const helper = ['-c', 'credential.helper=', '-c', `credential.${server}.helper=${credentialHelper}`];
  return {
    args: ['git', ...transfer, ...helper, ...args],
    env: { ...env, [usernameVariable]: credentials.username, [passwordVariable]: credentials.password },
  };
}

/** `https://host:port`; undefined for what is reached otherwise. */
export function serverOf(url: string): string | undefined {
  return /^https?:/i.test(url) && URL.canParse(url) ? new URL(url).origin : undefined;
}

/** The host that ssh goes to, of `ssh://host/path` and `user@host:path`. */
export function sshHostOf(url: string): string | undefined {
  if (/^(git\+)?ssh:/i.test(url) && URL.canParse(url)) return new URL(url).host.toLowerCase();
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(url)) return undefined;
  return /^(?:[^/@:]+@)?([^/:@]{2,}):/.exec(url)?.[1]?.toLowerCase();
}

/** A folder of this machine. git's own rule: a colon before the first slash makes it `host:path`. */
export function isFolder(url: string): boolean {
  return /^file:\/\//i.test(url) || (!/^[a-z][a-z0-9+.-]*:/i.test(url) && sshHostOf(url) === undefined);
}
