import type { MillraceError } from '@millrace/kernel/errors';
import { decodeRecord } from '@millrace/protocol/journal/codec';
import type { Decoded } from '@millrace/protocol/journal/codec';
import type { Entry, Position } from '@millrace/protocol/journal/record';
import { recordBytesMax } from '@millrace/protocol/journal/record';
import type { Disk, DiskFile } from '../disk.ts';
import type { JournalFile } from './journal-file.ts';
import { isOver, nothingSaid, said } from './journal-summary.ts';
import type { JournalSummary } from './journal-summary.ts';

/** Several records at once, and always room for the largest. */
const windowBytes = 8 * recordBytesMax;

export interface RecoveredJournal {
  readonly file: JournalFile;
  /** After the last whole record. */
  readonly position: Position;
  readonly summary: JournalSummary;
  /** `build-finished` is there: nothing comes after it. */
  readonly ended: boolean;
  /** What was cut from the end: a record that a death or a loss of power left in pieces. */
  readonly cutBytes: number;
  /**
   * A record that continues the chain and yet says nothing: a slot of another version wrote it. It stays, so
   * that whoever applies the journal can say so, and nothing may be appended after it.
   */
  readonly malformed?: MillraceError<'record-malformed'>;
}

/**
 * Reads a journal from its beginning and cuts what comes after its last whole record. Only for a journal
 * that nobody writes: its slot is dead. @throws with code `ENOENT`.
 */
export function recoverJournal(disk: Disk, file: JournalFile): RecoveredJournal {
  const bytes = disk.open(file.path);
  try {
    let summary = nothingSaid;
    const walk = walkJournal(bytes, file.base, file.base, (entry) => {
      summary = said(summary, entry.fact);
    });
    const found = { file, position: walk.position, summary, ended: isOver(summary) };
    if (walk.stopped.kind === 'malformed' && walk.stopped.chained)
      return { ...found, cutBytes: 0, malformed: walk.stopped.error };
    const wholeBytes = walk.position.byte - file.base.byte;
    const cutBytes = bytes.size() - wholeBytes;
    if (cutBytes > 0) bytes.truncate(wholeBytes);
    return { ...found, cutBytes };
  } finally {
    bytes.close();
  }
}

/** Every whole record of a journal from `from` on, and what stopped the reading. The data of chunks is lent. */
export function walkJournal(
  bytes: DiskFile,
  base: Position,
  from: Position,
  visit: (entry: Entry) => void,
): { readonly position: Position; readonly stopped: Exclude<Decoded, { kind: 'record' }> } {
  let position = from;
  let window: Uint8Array = new Uint8Array(0);
  let windowAt = position.byte;
  let fresh = false;
  for (;;) {
    const decoded = decodeRecord(position, window.subarray(position.byte - windowAt));
    if (decoded.kind === 'record') {
      visit(decoded.entry);
      position = decoded.next;
      fresh = false;
    } else if ((decoded.kind === 'end' || decoded.kind === 'torn') && !fresh) {
      window = bytes.read(position.byte - base.byte, windowBytes);
      windowAt = position.byte;
      fresh = true;
    } else {
      return { position, stopped: decoded };
    }
  }
}
