import { runWith } from '../operation.ts';
import type { BytesPlace, Work } from '../operation.ts';
import { insertParts, insertTexts } from './insert-texts.ts';

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

const texts = insertTexts('chunks', [
  'log',
  'first_byte',
  'bytes',
  'first_line',
  'lines',
  'at',
  'segment',
  'place',
  'stored_bytes',
]);

/** Many rows to an insert: on PostgreSQL each statement is a way there and back. */
export function* insertChunks(chunks: readonly ChunkValues[]): Work<void> {
  const parts = insertParts(texts, chunks, (values, chunk) => {
    values.push(
      chunk.log,
      chunk.firstByte,
      chunk.bytes,
      chunk.firstLine,
      chunk.lines,
      chunk.at,
      chunk.place?.segment ?? null,
      chunk.place?.offset ?? null,
      chunk.storedBytes,
    );
  });
  for (const { text, values } of parts) yield* runWith(text, values);
}
