import { recordLength } from '@millrace/protocol/journal/codec';
import type { Position } from '@millrace/protocol/journal/record';
import { recordBytesMax } from '@millrace/protocol/journal/record';
import type { Disk, DiskFile } from '../disk.ts';
import type { JournalFile } from '../journal/journal-file.ts';
import { walkJournal } from '../journal/recover-journal.ts';

/** How much of a journal's end is read whole, at most: what a loss of power can have spoiled. */
const tailBytes = 64 * 1024 ** 2;
const windowBytes = 8 * recordBytesMax;
/** Of a record: the length and the number before its fact, the chain after it. See `codec.ts`. */
const seqAt = 8;
const chainBytes = 32;
const leastBytes = 52;

export interface InspectedJournal {
  /** Where its whole records end. */
  readonly endByte: number;
  /** The last of them ends the build. */
  readonly ended: boolean;
}

/**
 * Finds the end of a journal. It only reads: the slot may be alive and writing. A long journal is passed over by
 * the lengths of its records, and only its tail is read and checked: an agent must not be silent for long when it
 * starts, and whoever applies the records checks them all. @throws with code `ENOENT`.
 */
export function inspectJournal(disk: Disk, file: JournalFile, tail = tailBytes): InspectedJournal {
  const bytes = disk.open(file.path);
  try {
    let ended = false;
    const from = passOver(bytes, file.base, bytes.size() - tail);
    const { position, stopped } = walkJournal(bytes, file.base, from, ({ fact }) => {
      ended ||= fact.kind === 'build-finished';
    });
    // A record that no release of ours can read stands there for good: the master has to see it to say so.
    const unreadable = stopped.kind === 'malformed' && stopped.chained;
    return { endByte: unreadable ? file.base.byte + bytes.size() : position.byte, ended };
  } finally {
    bytes.close();
  }
}

/** The last place between two records at or before `until`, bytes of the file; an earlier one where lengths make no sense. */
function passOver(bytes: DiskFile, base: Position, until: number): Position {
  let position = base;
  let window: Uint8Array = new Uint8Array(0);
  let windowAt = 0;
  for (;;) {
    const at = position.byte - base.byte;
    let record = window.subarray(at - windowAt);
    const known = recordLength(record);
    if (known === undefined || known > record.length) {
      window = bytes.read(at, windowBytes);
      windowAt = at;
      record = window;
    }
    const length = recordLength(record);
    if (length === undefined || length < leastBytes || length > record.length) return position;
    if (at + length > until) return position;
    const view = new DataView(record.buffer, record.byteOffset, length);
    if (view.getUint32(seqAt, true) !== position.seq) return position;
    const chain = record.subarray(length - chainBytes, length);
    position = {
      seq: position.seq + 1,
      hash: Buffer.from(chain).toString('hex'),
      byte: position.byte + length,
    };
  }
}
