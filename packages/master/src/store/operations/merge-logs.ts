import { keep, operation, query, row, rows, run } from '../operation.ts';
import type { BytesPlace, Work } from '../operation.ts';
import { bytesGone } from './bytes-gone.ts';
import { emit } from './emit.ts';
import { forUpdate } from './for-update.ts';
import { insertChunks } from './insert-chunks.ts';
import type { ChunkValues } from './insert-chunks.ts';

/** Chunks are small while a log is watched; from this on, on average, there is nothing to gain. */
export const denseChunkBytes = 64 * 1024;

/** A chunk of a log that may be merged with its neighbours; without a place: a gap, which stays as it is. */
export interface MergeableChunk {
  readonly firstByte: number;
  readonly bytes: number;
  readonly firstLine: number;
  readonly lines: number;
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly storedBytes: number;
  readonly place: BytesPlace | null;
}

/** Logs that have ended and are still as they came, oldest first. Those that are dense already are marked on the way. */
export const findUnmerged = operation(
  'logs.findUnmerged',
  function* (_tx, input: { readonly limit: number }): Work<readonly number[]> {
    yield* run(
      `update logs set merged = 1 where state = 'closed' and merged = 0
         and (chunks <= 1 or bytes - gap_bytes >= chunks * ?)`,
      denseChunkBytes,
    );
    const found = yield* rows<{ id: number }>(
      `select id from logs where state = 'closed' and merged = 0 order by id limit ?`,
      input.limit,
    );
    return found.map((log) => log.id);
  },
);

/** The chunks of a log from a byte on, in order. */
export const readMergeable = query(
  'logs.readMergeable',
  function* (
    _tx,
    input: { readonly log: number; readonly fromByte: number; readonly limit: number },
  ): Work<readonly MergeableChunk[]> {
    const found = yield* rows<{
      first_byte: number;
      bytes: number;
      first_line: number;
      lines: number;
      at: number;
      stored_bytes: number;
      segment: number | null;
      place: number | null;
    }>(
      `select first_byte, bytes, first_line, lines, at, stored_bytes, segment, place from chunks
       where log = ? and first_byte >= ? order by first_byte limit ?`,
      input.log,
      input.fromByte,
      input.limit,
    );
    return found.map((chunk) => ({
      firstByte: chunk.first_byte,
      bytes: chunk.bytes,
      firstLine: chunk.first_line,
      lines: chunk.lines,
      at: chunk.at,
      storedBytes: chunk.stored_bytes,
      place: chunk.segment === null ? null : { segment: chunk.segment, offset: chunk.place ?? 0 },
    }));
  },
);

export interface NewChunk extends Omit<MergeableChunk, 'storedBytes' | 'place'> {
  /** One zstd frame that states its content size. */
  readonly data: Uint8Array;
}

export interface SwapInput {
  readonly log: number;
  /** The same bytes as they are now: one after the other, none of them a gap. */
  readonly old: readonly MergeableChunk[];
  readonly merged: readonly NewChunk[];
}

/**
 * Puts merged chunks in the place of those that they were made of, in one commit: a reader sees the one or the
 * other. False, and nothing done, where they are not there any more as they were: somebody else has merged them. Old
 * bytes go with their segment.
 */
export const swapChunks = operation('logs.swapChunks', function* (tx, input: SwapInput): Work<boolean> {
  const { log, old, merged } = input;
  const [first] = old;
  const last = old.at(-1);
  if (!first || !last) return true;
  const end = last.firstByte + last.bytes;
  yield* row(`select id from logs where id = ?${forUpdate(tx)}`, log);
  const current = yield* rows<{ first_byte: number; segment: number | null; place: number | null }>(
    'select first_byte, segment, place from chunks where log = ? and first_byte >= ? and first_byte < ? order by first_byte',
    log,
    first.firstByte,
    end,
  );
  const same = (chunk: MergeableChunk, index: number): boolean => {
    const now = current[index];
    return (
      now?.first_byte === chunk.firstByte &&
      now.segment === (chunk.place?.segment ?? null) &&
      now.place === (chunk.place?.offset ?? null)
    );
  };
  if (current.length !== old.length || !old.every(same)) return false;
  yield* run(
    'delete from chunks where log = ? and first_byte >= ? and first_byte < ?',
    log,
    first.firstByte,
    end,
  );
  let storedBytes = 0;
  const inserted: ChunkValues[] = [];
  for (const chunk of merged) {
    const place = yield* keep(chunk.data);
    inserted.push({ ...chunk, log, place, storedBytes: chunk.data.length });
    storedBytes += chunk.data.length;
  }
  yield* insertChunks(inserted);
  yield* run(
    'update logs set chunks = chunks + ?, stored_bytes = stored_bytes + ? where id = ?',
    merged.length - old.length,
    storedBytes - old.reduce((sum, chunk) => sum + chunk.storedBytes, 0),
    log,
  );
  yield* bytesGone(
    tx,
    old.map((chunk) => ({ segment: chunk.place?.segment ?? null, storedBytes: chunk.storedBytes })),
  );
  return true;
});

/** There is nothing more to merge in a log that has ended; or it cannot be read, and stays as it is. */
export const markMerged = operation(
  'logs.markMerged',
  function* (tx, input: { readonly log: number }): Work<void> {
    const found = yield* row<{ build: number; builder: string }>(
      'select l.build, b.builder from logs l join builds b on b.id = l.build where l.id = ?',
      input.log,
    );
    const marked = yield* run(
      `update logs set merged = 1 where id = ? and state = 'closed' and merged = 0`,
      input.log,
    );
    if (!found || marked === 0) return;
    yield* emit(tx, {
      type: 'log.merged',
      build: found.build,
      builder: found.builder,
      data: { log: input.log },
    });
  },
);
