import type { RepositoryCommand } from './command.ts';
import type { OpenedCredentials } from './credentials.ts';
import { sshCommand, throughSshAgent } from './ssh-access.ts';

export interface GitAccess {
  /** What git goes to: credentials are sent to its server alone. */
  readonly url: string;
  readonly credentials: OpenedCredentials | undefined;
  /** Whether repositories in folders may be read. */
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
 * What any git command needs so that it never asks anybody: neither a terminal, nor a window, nor ssh. Its words are
 * English, for those who read them. `environment` goes before it where it has an ssh command of its own.
 */
export function quietGitEnvironment(environment: Readonly<Record<string, string>>): Record<string, string> {
  return {
    GIT_SSH_COMMAND: sshCommand,
    ...environment,
    GIT_TERMINAL_PROMPT: '0',
    GIT_ASKPASS: 'false',
    SSH_ASKPASS: 'false',
    SSH_ASKPASS_REQUIRE: 'never',
    GCM_INTERACTIVE: 'never',
    LC_ALL: 'C',
  };
}

/** A git command that reaches another repository, with this right to enter it. `args` begin after `git`. */
export function gitOverNetwork(args: readonly string[], access: GitAccess): RepositoryCommand {
  const { credentials, folders, url } = access;
  const transfer = [
    '-c',
    `http.lowSpeedLimit=${lowSpeed.bytesPerSecond}`,
    '-c',
    `http.lowSpeedTime=${lowSpeed.seconds}`,
  ];
  const env = { GIT_ALLOW_PROTOCOL: `${folders ? 'file:' : ''}git:http:https:ssh` };
  if (credentials === undefined) return { args: ['git', ...transfer, ...args], env };
  if (credentials.kind === 'ssh-key')
    return throughSshAgent({ args: ['git', ...transfer, ...args], env }, credentials.key);
  const server = serverOf(url);
  // No helper of the machine is asked, nor told to keep it.
  const helper = ['-c', 'credential.helper=', '-c', `credential.${server}.helper=${credentialHelper}`];
  return {
    args: ['git', ...transfer, ...(server === undefined ? [] : helper), ...args],
    env: {
      ...env,
      ...(server === undefined
        ? {}
        : { [usernameVariable]: credentials.username, [passwordVariable]: credentials.password }),
    },
  };
}

/** `https://host:port`; undefined where no password is sent. */
export function serverOf(url: string): string | undefined {
  return /^(https?:\/\/)(?:[^/@]*@)?([^/@]+)(?:\/|$)/i.exec(url)?.slice(1).join('').toLowerCase();
}

/** A sentence about what git's last words mean for who set up the repository; undefined where they say it all. */
export function whyGitRefused(words: string): string | undefined {
  if (
    /could not read (Username|Password)|terminal prompts disabled|Authentication failed|\b40[13]\b/.test(
      words,
    )
  )
    return 'The server wants a name and a password: give the repository `credentials` in the config, or mend those that it has.';
  if (/Permission denied|publickey/.test(words))
    return 'The server takes none of the ssh keys that were offered: give the repository `credentials: { sshKey: ... }`, or let the key in there.';
  if (/Host key verification failed|authenticity of host/.test(words))
    return 'The server is not known to ssh on this machine: put its key into the known_hosts file of the user (ssh-keyscan prints it; compare it with what its owner says).';
  if (/Could not resolve host|Name or service not known|Temporary failure in name resolution/.test(words))
    return 'There is no server of that name, or the name cannot be looked up from here.';
  if (/timed out|Connection refused|Failed to connect|No route to host|Could not connect/i.test(words))
    return 'The server is not to be reached from this machine.';
  if (/Operation too slow|transfer closed|early EOF|RPC failed|unexpected disconnect/.test(words))
    return `The transfer broke off, or brought less than ${lowSpeed.bytesPerSecond} bytes a second for ${lowSpeed.seconds} s.`;
  return undefined;
}
