import { chainBytes, headBytes, kindAt, kindChunk, readChunk, recordLength } from './codec.ts';
import type { LogChunk } from './record.ts';

/** A log chunk among whole records; `end`: where its record ends in their bytes. */
export interface ChunkSeen {
  readonly chunk: LogChunk;
  readonly end: number;
}

/**
 * The log chunks among whole records, `others`: there are records of other kinds, too. No chain is followed and nothing
 * is judged: that does whoever commits the records. Each chunk's `data` is a view of `records`.
 */
export function chunksIn(records: Uint8Array): {
  readonly chunks: readonly ChunkSeen[];
  readonly others: boolean;
} {
  const buffer = Buffer.from(records.buffer, records.byteOffset, records.byteLength);
  const chunks: ChunkSeen[] = [];
  let others = false;
  for (let at = 0; at < buffer.length;) {
    const length = recordLength(buffer.subarray(at));
    if (length === undefined || length < headBytes + chainBytes || at + length > buffer.length)
      return { chunks, others: true };
    const chunk =
      buffer[at + kindAt] === kindChunk
        ? readChunk(buffer.subarray(at + headBytes, at + length - chainBytes))
        : undefined;
    at += length;
    if (chunk === undefined || typeof chunk === 'string') others = true;
    else chunks.push({ chunk, end: at });
  }
  return { chunks, others };
}
