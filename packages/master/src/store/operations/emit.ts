import type { EventType } from '@millrace/protocol/event';
import { run, signal } from '../operation.ts';
import type { SqlValue, Transaction, Work } from '../operation.ts';

export interface NewEvent {
  readonly type: EventType;
  readonly builder?: string;
  readonly build?: number;
  readonly request?: number;
  readonly buildset?: number;
  readonly worker?: string;
  readonly data?: Readonly<Record<string, unknown>>;
}

/** One insert has at most so many rows: each count is a text of its own. */
const rowsMax = 16;
const values = '(?, ?, ?, ?, ?, ?, ?, ?)';
const inserts = Array.from(
  { length: rowsMax },
  (_, index) =>
    `insert into events (at, type, builder, build, request, buildset, worker, data) values ${values}${`, ${values}`.repeat(index)}`,
);

/** Writes an event into the log; it becomes visible with the change that it tells, in one commit. */
export function emit(tx: Transaction, event: NewEvent): Work<void> {
  return emitAll(tx, [event]);
}

/** Writes events in their order, many to an insert: a build of one step tells seven at once. */
export function* emitAll(tx: Transaction, events: readonly NewEvent[]): Work<void> {
  if (events.length === 0) return;
  for (let from = 0; from < events.length; from += rowsMax) {
    const part = events.slice(from, from + rowsMax);
    yield* run(inserts[part.length - 1] ?? '', ...part.flatMap((event) => valuesOf(tx, event)));
  }
  yield* signal({ topic: 'events' });
}

function valuesOf(tx: Transaction, event: NewEvent): SqlValue[] {
  return [
    tx.now,
    event.type,
    event.builder ?? null,
    event.build ?? null,
    event.request ?? null,
    event.buildset ?? null,
    event.worker ?? null,
    JSON.stringify(event.data ?? {}),
  ];
}
