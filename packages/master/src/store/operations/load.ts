import { operation, query, row, rows, run } from '../operation.ts';
import type { Work } from '../operation.ts';

/** How busy a master was in one minute. Shares are of 1; bytes as they were handed to the store. */
export interface LoadMinute {
  /** Minutes since 1970. */
  readonly minute: number;
  readonly busyShare: number;
  /** Of what was busy; they add up to at most 1. */
  readonly rooms: Readonly<Record<string, number>>;
  readonly delayP50Ms: number;
  readonly delayP99Ms: number;
  readonly delayMaxMs: number;
  readonly stalls: number;
  readonly builds: number;
  readonly logBytes: number;
  readonly commits: number;
  readonly segmentSyncs: number;
  readonly gcMs: number;
  readonly residentBytes: number;
  readonly version: string;
  readonly generation: string;
  /** The master has begun in this minute. */
  readonly started: boolean;
}

/** They are kept for a year, and a day. */
export const loadMinutesKept = 366 * 24 * 60;
/** With each minute so many go that are older: a master that was away for long catches up in little pieces. */
const oldMinutesAtOnce = 20;
const minuteMs = 60_000;

export interface RecordLoad extends Omit<LoadMinute, 'builds'> {
  readonly master: string;
}

/** A minute is over. The builds that ended in it are counted where they are; asked again it replaces what it said. */
export const recordLoad = operation(
  'load.record',
  function* (_tx, { master, minute, ...figures }: RecordLoad): Work<void> {
    const from = minute * minuteMs;
    const ended = yield* row<{ builds: number }>(
      'select count(*) as builds from builds where finished_at >= ? and finished_at < ?',
      from,
      from + minuteMs,
    );
    yield* run(
      `insert into load_minutes (master, minute, figures) values (?, ?, ?)
       on conflict (master, minute) do update set figures = excluded.figures`,
      master,
      minute,
      JSON.stringify({ ...figures, builds: ended?.builds ?? 0 }),
    );
    yield* run(
      `delete from load_minutes where master = ? and minute in
         (select minute from load_minutes where master = ? and minute < ? order by minute limit ?)`,
      master,
      master,
      minute - loadMinutesKept,
      oldMinutesAtOnce,
    );
  },
);

export interface LoadWanted {
  readonly master: string;
  /** Minutes since 1970; `to` is not among them. */
  readonly from: number;
  readonly to: number;
  readonly limit: number;
}

/** The minutes of a master, oldest first; none where it was away. */
export const readLoad = query('load.read', function* (_tx, { master, from, to, limit }: LoadWanted): Work<
  readonly LoadMinute[]
> {
  const found = yield* rows<{ minute: number; figures: string }>(
    `select minute, figures from load_minutes where master = ? and minute >= ? and minute < ?
       order by minute limit ?`,
    master,
    from,
    to,
    limit,
  );
  return found.map(({ minute, figures }) => ({
    ...(JSON.parse(figures) as Omit<LoadMinute, 'minute'>),
    minute,
  }));
});
