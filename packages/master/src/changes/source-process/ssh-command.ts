import { unattendedSsh } from '@millrace/protocol/repository/unattended';
import type { SourceCredentials } from '../../config/source-config.ts';

/**
 * The ssh command for git and hg, which hand it to a shell: it asks nobody, notices a dead host, and takes the
 * key and the hosts that it was given.
 */
export function sshCommand(credentials: SourceCredentials | null): string {
  const { sshKeyFile = null, knownHostsFile = null } = credentials ?? {};
  const words: string[] = [];
  if (sshKeyFile !== null) words.push('-o', 'IdentitiesOnly=yes', '-i', sshKeyFile);
  // ssh itself splits this one at spaces, and knows %h and the like in it.
  if (knownHostsFile !== null)
    words.push(
      '-o',
      'StrictHostKeyChecking=yes',
      '-o',
      `UserKnownHostsFile="${knownHostsFile.replaceAll('%', '%%')}"`,
    );
  return [unattendedSsh, ...words.map(quoted)].join(' ');
}

/** As one word of a shell's line, whatever stands in it. */
function quoted(word: string): string {
  return /^[\w=./-]+$/.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`;
}
