/**
 * A place in the event log: what stands before it will not change. On PostgreSQL numbers become visible out of order,
 * so the log is ordered by the transaction that wrote an event and then by its number, and read only up to the oldest
 * transaction that is still under way. SQLite has one writer: `xid` is 0.
 */
export interface EventPlace {
  readonly xid: number;
  readonly seq: number;
}

/** Before the first event. */
export const eventsStart: EventPlace = { xid: 0, seq: 0 };

/** The later of two places. */
export function later(one: EventPlace, other: EventPlace): EventPlace {
  return isAfter(one, other) ? one : other;
}

export function isAfter(one: EventPlace, other: EventPlace): boolean {
  return one.xid > other.xid || (one.xid === other.xid && one.seq > other.seq);
}
