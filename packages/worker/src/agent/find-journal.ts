import type { Holding } from '@millrace/protocol/agent/messages';
import type { Disk } from '../disk.ts';
import { listJournals } from '../journal/journal-file.ts';
import type { JournalFile } from '../journal/journal-file.ts';
import { walkJournal } from '../journal/recover-journal.ts';

/** The journal of a build on this disk, if it has one. */
export function findJournal(disk: Disk, spool: string, holding: Holding): JournalFile | undefined {
  return listJournals(disk, spool).find(
    (file) => file.build === holding.build && file.fence === holding.fence,
  );
}

/**
 * Where a journal's whole records end, and whether the last of them ends the build. It only reads: the slot
 * may be alive and writing. @throws with code `ENOENT`.
 */
export function inspectJournal(
  disk: Disk,
  file: JournalFile,
): { readonly endByte: number; readonly ended: boolean } {
  const bytes = disk.open(file.path);
  try {
    let ended = false;
    const { position, stopped } = walkJournal(bytes, file.base, file.base, ({ fact }) => {
      ended ||= fact.kind === 'build-finished';
    });
    // A record that no release of ours can read stands there for good: the master has to see it to say so.
    const unreadable = stopped.kind === 'malformed' && stopped.chained;
    return { endByte: unreadable ? file.base.byte + bytes.size() : position.byte, ended };
  } finally {
    bytes.close();
  }
}
