import { refusalIn } from '@millrace/protocol/repository/refusal';
import type { Refusal } from '@millrace/protocol/repository/refusal';

/** What it means to whoever set the repository or the worker up, and what to do. */
const meanings: Readonly<Record<Refusal, string | undefined>> = {
  'host-key':
    "ssh does not know the server's key: give the repository credentials with knownHostsFile, or put the key into the known_hosts of the worker's user.",
  'key-unusable':
    'ssh cannot use the key that it was given: credentials.sshKeyFile must name a private key without a passphrase.',
  'key-refused':
    'The server takes none of the ssh keys that it was offered: give the repository credentials with sshKeyFile, or mend those that it has.',
  password:
    'The server wants a name and a password: give the repository credentials with username and password, or mend those that it has.',
  'foreign-folder':
    "The folder belongs to another user than the worker's: allow it with git config --global --add safe.directory FOLDER.",
  'no-host': 'There is no server of that name, as far as the worker can tell.',
  'host-fault': 'The server has a fault of its own: build it again later, or ask who runs it.',
  unreachable: 'The server is not to be reached from the worker.',
  'broken-off': 'The transfer broke off, or was too slow to go on.',
  'no-program': 'Install it on the worker: git, hg (Mercurial), or the client of OpenSSH.',
  // What is not found may as well be a file of the working copy: their own words say which.
  'not-found': undefined,
};

/** A sentence about what the words of git, hg or ssh mean; undefined where they say it all. */
export function meaningOf(words: string): string | undefined {
  const found = refusalIn(words);
  return found === undefined ? undefined : meanings[found.refusal];
}
