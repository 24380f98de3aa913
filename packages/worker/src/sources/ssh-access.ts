import type { OpenedCredentials } from '@millrace/protocol/repository/credentials';
import { unattendedSsh, unattendedSshEnvironment } from '@millrace/protocol/repository/unattended';
import type { RepositoryCommand } from './repository-command.ts';

const keyVariable = 'MILLRACE_SSH_KEY';
const hostsVariable = 'MILLRACE_SSH_KNOWN_HOSTS';

/**
 * The key goes from the environment of this shell into an ssh-agent that lives as long as the command: it is in no
 * file. The public keys of hosts are, for ssh reads them from nothing else. `$@` is the command.
 */
const script = [
  `printf '%s\\n' "$${keyVariable}" | ssh-add -q - || {`,
  `echo 'fatal: the ssh key could not be used: it is no private key, or it has a passphrase' >&2; exit 128; }`,
  `unset ${keyVariable}`,
  `if test -n "$${hostsVariable}"; then`,
  'hosts=$(mktemp) && trap \'rm -f "$hosts"\' EXIT',
  `printf '%s\\n' "$${hostsVariable}" >"$hosts"`,
  'export MILLRACE_SSH_HOSTS_FILE="$hosts"',
  'fi',
  '"$@"',
].join('\n');

/** The path of an agent's socket is short, or there is none: it is made in `TMPDIR`. */
const withAgent = `test "\${#TMPDIR}" -gt 60 && export TMPDIR=/tmp
exec ssh-agent /bin/sh -c "$0" sh "$@"`;

/**
 * For a command that {@link throughSshAgent} runs, which gives it to a shell. The keys of the machine's user are not
 * tried: `none` is no file of keys.
 */
export const agentSshCommand =
  `${unattendedSsh} -o IdentityFile=none ` +
  '${MILLRACE_SSH_HOSTS_FILE:+-o StrictHostKeyChecking=yes -o UserKnownHostsFile="$MILLRACE_SSH_HOSTS_FILE"}';

/**
 * Runs a command whose ssh command is {@link agentSshCommand} with this private key, and no other. Needs OpenSSH's
 * `ssh-agent` and `ssh-add`.
 */
export function throughSshAgent(
  command: RepositoryCommand,
  { key, knownHosts }: Extract<OpenedCredentials, { kind: 'ssh-key' }>,
): RepositoryCommand {
  return {
    args: ['/bin/sh', '-c', withAgent, script, ...command.args],
    env: {
      ...command.env,
      [keyVariable]: key.trim(),
      [hostsVariable]: knownHosts?.trim() ?? '',
      // With a passphrase the key is of no use here, and nobody is asked for it.
      ...unattendedSshEnvironment,
    },
  };
}
