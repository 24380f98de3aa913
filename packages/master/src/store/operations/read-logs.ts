import type { LogDetail } from '@millrace/protocol/api/logs';
import { query, row, rows } from '../operation.ts';
import type { BytesPlace, Work } from '../operation.ts';

/** How a log stands. */
export interface LogHead {
  readonly id: number;
  readonly build: number;
  /** The number that its journal gave it. */
  readonly number: number;
  readonly state: 'open' | 'closed';
  /** Lines in it; while it is open, those that have ended. */
  readonly lines: number;
  readonly bytes: number;
  /** Its bytes have been removed: when (milliseconds since 1970), and why in words. */
  readonly expired: { readonly at: number; readonly because: string } | null;
}

/** A piece of a log, or a place where output was not kept. */
export interface ChunkRow {
  readonly firstByte: number;
  readonly bytes: number;
  readonly firstLine: number;
  /** Line feeds in it. */
  readonly lines: number;
  readonly storedBytes: number;
  /** Null: a gap. */
  readonly place: BytesPlace | null;
}

/** A log's head and chunks in order, of one moment: a closed log's chunks are all there. */
export interface LogPart {
  readonly log: LogHead;
  readonly chunks: readonly ChunkRow[];
}

/** Of `logs`. */
export interface ExpiredColumns {
  expired_at: number | null;
  expired_because: string | null;
}

export function expiredOf({ expired_at: at, expired_because: because }: ExpiredColumns): LogHead['expired'] {
  return at === null ? null : { at, because: because ?? '' };
}

interface ChunkColumns {
  first_byte: number;
  bytes: number;
  first_line: number;
  lines: number;
  stored_bytes: number;
  segment: number | null;
  place: number | null;
}

const selectChunk = 'select first_byte, bytes, first_line, lines, stored_bytes, segment, place from chunks';

export const readLogDetail = query('logs.detail', function* (_tx, input: { readonly log: number }): Work<
  LogDetail | undefined
> {
  const found = yield* row<Omit<LogDetail, 'stepName' | 'expired'> & ExpiredColumns & { step_name: string }>(
    `select l.id, l.name, l.stream, l.state, l.lines, l.bytes, l.expired_at, l.expired_because, l.build, b.builder, l.step, s.name as step_name
     from logs l join builds b on b.id = l.build join steps s on s.build = l.build and s.step = l.step
     where l.id = ?`,
    input.log,
  );
  if (!found) return undefined;
  const { step_name: stepName, expired_at: _at, expired_because: _because, ...rest } = found;
  return { ...rest, expired: expiredOf(found), stepName };
});

/** The chunk that holds byte `from` and those after it, at most `limit`; undefined: there is no such log. */
export const readLogFromByte = query(
  'logs.fromByte',
  function* (
    _tx,
    input: { readonly log: number; readonly from: number; readonly limit: number },
  ): Work<LogPart | undefined> {
    const log = yield* headOf(input.log);
    if (!log) return undefined;
    const before = yield* row<{ first_byte: number }>(
      `select first_byte from chunks where log = ? and first_byte <= ? order by first_byte desc limit 1`,
      input.log,
      input.from,
    );
    const found = yield* rows<ChunkColumns>(
      `${selectChunk} where log = ? and first_byte >= ? and first_byte + bytes > ? order by first_byte limit ?`,
      input.log,
      before?.first_byte ?? 0,
      input.from,
      input.limit,
    );
    return { log, chunks: found.map(chunkOf) };
  },
);

/**
 * The chunk in which line `line` begins, or in whose last byte the line before it ends; none for a line
 * that is not known. Lines are counted from 0 and by line feeds: line 3 begins after the third.
 */
export const readLogAtLine = query(
  'logs.atLine',
  function* (_tx, input: { readonly log: number; readonly line: number }): Work<LogPart | undefined> {
    const log = yield* headOf(input.log);
    if (!log) return undefined;
    const found = yield* row<ChunkColumns>(
      input.line <= 0
        ? `${selectChunk} where log = ? and first_line >= ? order by first_byte limit 1`
        : `${selectChunk} where log = ? and first_line < ? order by first_line desc, first_byte desc limit 1`,
      input.log,
      Math.max(0, input.line),
    );
    return { log, chunks: found ? [chunkOf(found)] : [] };
  },
);

/** The end of what is known: the last chunk. */
export const readLogEnd = query('logs.end', function* (_tx, input: { readonly log: number }): Work<
  LogPart | undefined
> {
  const log = yield* headOf(input.log);
  if (!log) return undefined;
  const found = yield* row<ChunkColumns>(
    `${selectChunk} where log = ? order by first_byte desc limit 1`,
    input.log,
  );
  return { log, chunks: found ? [chunkOf(found)] : [] };
});

/** The places where output was not kept, in order. */
export const readLogGaps = query('logs.gaps', function* (_tx, input: { readonly log: number }): Work<
  LogPart | undefined
> {
  const log = yield* headOf(input.log);
  if (!log) return undefined;
  const found = yield* rows<ChunkColumns>(
    `${selectChunk} where log = ? and segment is null order by first_byte`,
    input.log,
  );
  return { log, chunks: found.map(chunkOf) };
});

function* headOf(log: number): Work<LogHead | undefined> {
  const found = yield* row<Omit<LogHead, 'expired'> & ExpiredColumns>(
    'select id, build, log as number, state, lines, bytes, expired_at, expired_because from logs where id = ?',
    log,
  );
  if (!found) return undefined;
  const { expired_at: _at, expired_because: _because, ...rest } = found;
  return { ...rest, expired: expiredOf(found) };
}

function chunkOf(found: ChunkColumns): ChunkRow {
  return {
    firstByte: found.first_byte,
    bytes: found.bytes,
    firstLine: found.first_line,
    lines: found.lines,
    storedBytes: found.stored_bytes,
    place: found.segment === null ? null : { segment: found.segment, offset: found.place ?? 0 },
  };
}
