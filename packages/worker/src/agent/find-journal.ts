import type { Holding } from '@millrace/protocol/agent/messages';
import type { Disk } from '../disk.ts';
import { listJournals } from '../journal/journal-file.ts';
import type { JournalFile } from '../journal/journal-file.ts';

/** The journal of a build on this disk, if it has one. */
export function findJournal(disk: Disk, spool: string, holding: Holding): JournalFile | undefined {
  return listJournals(disk, spool).find(
    (file) => file.build === holding.build && file.fence === holding.fence,
  );
}
