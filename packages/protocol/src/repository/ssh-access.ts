import type { RepositoryCommand } from './command.ts';

/** Asks nobody, gives up a host that does not answer, and a connection that is dead. */
export const sshCommand =
  'ssh -o BatchMode=yes -o ConnectTimeout=20 -o ServerAliveInterval=30 -o ServerAliveCountMax=4';

const keyVariable = 'MILLRACE_SSH_KEY';

/**
 * The key goes from the environment of this shell into an ssh-agent that lives as long as the command: it is in no
 * file. `$1` and the rest are the command, which does not have the variable any more.
 */
const script =
  `printf '%s\\n' "$${keyVariable}" | ssh-add -q - || ` +
  `{ echo 'fatal: the ssh key could not be used: it is no private key, or it has a passphrase' >&2; exit 128; }; ` +
  `unset ${keyVariable}; exec "$@"`;

/** Runs a command that speaks ssh with this private key, and no other. Needs OpenSSH's `ssh-agent` and `ssh-add`. */
export function throughSshAgent(command: RepositoryCommand, key: string): RepositoryCommand {
  return {
    args: ['ssh-agent', '/bin/sh', '-c', script, 'sh', ...command.args],
    env: {
      ...command.env,
      [keyVariable]: key.trim(),
      // The keys of the machine's user are not tried: `none` is no file of keys.
      GIT_SSH_COMMAND: `${sshCommand} -o IdentityFile=none`,
      // With a passphrase the key is of no use here, and nobody is asked for it.
      SSH_ASKPASS_REQUIRE: 'never',
      DISPLAY: '',
    },
  };
}
