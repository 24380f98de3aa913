import { run } from '../operation.ts';
import type { BytesPlace, Work } from '../operation.ts';

/** A row of `chunks`. */
export interface ChunkValues {
  /** The log's id in the store. */
  readonly log: number;
  readonly firstByte: number;
  readonly bytes: number;
  readonly firstLine: number;
  readonly lines: number;
  /** Milliseconds since 1970. */
  readonly at: number;
  /** Null: a gap. */
  readonly place: BytesPlace | null;
  readonly storedBytes: number;
}

/** One insert has at most so many rows: each count is a text of its own. */
const rowsMax = 16;

/** Many rows to an insert: on PostgreSQL each statement is a way there and back. */
export function* insertChunks(chunks: readonly ChunkValues[]): Work<void> {
  for (let from = 0; from < chunks.length; from += rowsMax) {
    const part = chunks.slice(from, from + rowsMax);
    yield* run(
      `insert into chunks (log, first_byte, bytes, first_line, lines, at, segment, place, stored_bytes)
       values ${part.map(() => '(?, ?, ?, ?, ?, ?, ?, ?, ?)').join(', ')}`,
      ...part.flatMap((chunk) => [
        chunk.log,
        chunk.firstByte,
        chunk.bytes,
        chunk.firstLine,
        chunk.lines,
        chunk.at,
        chunk.place?.segment ?? null,
        chunk.place?.offset ?? null,
        chunk.storedBytes,
      ]),
    );
  }
}
