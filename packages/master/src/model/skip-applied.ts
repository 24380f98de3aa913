import { recordLength } from '@millrace/protocol/journal/codec';
import type { Position } from '@millrace/protocol/journal/record';

/** What of a frame is new. */
export type Skipped =
  /** The records from `offset` on; nothing where that is the end of the frame. */
  | { readonly kind: 'at'; readonly offset: number }
  /** The frame begins further on: records are missing between. */
  | { readonly kind: 'ahead' }
  /** What was applied here is not what the frame says: another history of the same build. */
  | { readonly kind: 'forked' }
  | { readonly kind: 'malformed'; readonly message: string };

const seqAt = 8;
const chainBytes = 32;

/**
 * Goes over the records of a frame that have been applied already. They must be whole, end exactly where the store
 * stands, and the last of them must be the one that the store applied last.
 *
 * @param byte where in the journal the frame begins
 */
export function skipApplied(position: Position, byte: number, records: Uint8Array): Skipped {
  if (byte > position.byte) return { kind: 'ahead' };
  const applied = position.byte - byte;
  let offset = 0;
  let last = 0;
  while (offset < applied && offset < records.length) {
    const length = recordLength(records.subarray(offset));
    if (length === undefined || length < seqAt + 4 + chainBytes || offset + length > records.length) {
      return { kind: 'malformed', message: `The frame at byte ${byte} is cut within a record.` };
    }
    last = offset;
    offset += length;
  }
  if (offset < applied || applied === 0) return { kind: 'at', offset };
  if (offset > applied) return { kind: 'forked' };
  const bytes = Buffer.from(records.buffer, records.byteOffset, records.byteLength);
  const seq = bytes.readUInt32LE(last + seqAt);
  const hash = bytes.toString('hex', offset - chainBytes, offset);
  return seq === position.seq - 1 && hash === position.hash ? { kind: 'at', offset } : { kind: 'forked' };
}
