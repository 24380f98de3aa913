import type { EventType } from '@millrace/protocol/event';
import { query, row, rows } from '../operation.ts';
import type { SqlValue, Transaction, Work } from '../operation.ts';
import { eventHorizon, refuseExpired } from './event-horizon.ts';
import { eventsStart, later } from './event-place.ts';
import type { EventPlace } from './event-place.ts';
import { equals, oneOf, where } from './where.ts';
import type { Condition } from './where.ts';

/** All that are given must hold. */
export interface EventFilter {
  readonly types?: readonly EventType[] | undefined;
  readonly builder?: string | undefined;
  /** About one of these. */
  readonly builders?: readonly string[] | undefined;
  readonly build?: number | undefined;
}

export interface StoredEvent {
  readonly place: EventPlace;
  readonly at: number;
  readonly type: EventType;
  readonly builder: string | null;
  readonly build: number | null;
  readonly request: number | null;
  readonly buildset: number | null;
  readonly worker: string | null;
  /** JSON. */
  readonly data: string;
}

export interface EventPage {
  readonly events: readonly StoredEvent[];
  /** Everything up to here has been looked at, by the filter too. */
  readonly place: EventPlace;
  /** There was nothing after it. */
  readonly atHead: boolean;
}

/** The place before the oldest event that is kept. */
export const eventsOldest = query('events.oldest', function* (): Work<EventPlace> {
  return (yield* eventHorizon()) ?? eventsStart;
});

/**
 * Whether everything after this place is still kept.
 *
 * @throws MillraceError `cursor-expired`
 */
export const checkPlace = query('events.check', (_tx, place: EventPlace): Work<void> => refuseExpired(place));

/** The place after all events that can be read now. */
export const eventsHead = query('events.head', function* (tx): Work<EventPlace> {
  return yield* head(tx);
});

/**
 * The events after a place, in their order, at most `limit`.
 *
 * @throws MillraceError `cursor-expired`
 */
export const readEvents = query(
  'events.read',
  function* (
    tx,
    input: { readonly after: EventPlace; readonly limit: number; readonly filter: EventFilter },
  ): Work<EventPage> {
    yield* refuseExpired(input.after);
    const end = yield* head(tx);
    const columns = 'seq, at, type, builder, build, request, buildset, worker, data';
    const { text, values } = where(
      ...between(tx, input.after, end),
      oneOf('type', input.filter.types),
      equals('builder', input.filter.builder),
      oneOf('builder', input.filter.builders),
      equals('build', input.filter.build),
    );
    const found = yield* rows<Omit<StoredEvent, 'place'> & { seq: number; xid: number }>(
      tx.dialect === 'postgres'
        ? `select cast(cast(xid as text) as bigint) as xid, ${columns} from events ${text} order by events.xid, seq limit ?`
        : `select 0 as xid, ${columns} from events ${text} order by seq limit ?`,
      ...values,
      input.limit,
    );
    const events = found.map(({ xid, seq, ...event }) => ({ place: { xid, seq }, ...event }));
    const last = events.at(-1);
    const full = events.length === input.limit;
    return { events, place: full && last ? last.place : later(end, input.after), atHead: !full };
  },
);

function* head(tx: Transaction): Work<EventPlace> {
  const found = yield* row<EventPlace>(
    tx.dialect === 'postgres'
      ? `select cast(cast(xid as text) as bigint) as xid, seq from events
         where xid < pg_snapshot_xmin(pg_current_snapshot()) order by events.xid desc, seq desc limit 1`
      : 'select 0 as xid, seq from events order by seq desc limit 1',
  );
  // The newest event stays when the others go, but on PostgreSQL it may not be readable yet.
  return later(found ?? eventsStart, (yield* eventHorizon()) ?? eventsStart);
}

function between(tx: Transaction, after: EventPlace, end: EventPlace): readonly Condition[] {
  if (tx.dialect === 'sqlite') {
    return [
      ['seq > ?', after.seq],
      ['seq <= ?', end.seq],
    ];
  }
  const place = (one: EventPlace): readonly SqlValue[] => [String(one.xid), one.seq];
  const bound = '(cast(cast(? as text) as xid8), cast(? as bigint))';
  return [
    [`(xid, seq) > ${bound}`, ...place(after)],
    [`(xid, seq) <= ${bound}`, ...place(end)],
  ];
}
