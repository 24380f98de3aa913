import type { EventType } from '@millrace/protocol/event';
import { run, signal } from '../operation.ts';
import type { SqlValue, Transaction, Work } from '../operation.ts';
import { insertParts, insertTexts } from './insert-texts.ts';

export interface NewEvent {
  readonly type: EventType;
  readonly builder?: string;
  readonly build?: number;
  readonly request?: number;
  readonly buildset?: number;
  readonly worker?: string;
  readonly data?: Readonly<Record<string, unknown>>;
}

const texts = insertTexts('events', [
  'at',
  'type',
  'builder',
  'build',
  'request',
  'buildset',
  'worker',
  'data',
]);

/** Writes an event into the log; it becomes visible with the change that it tells, in one commit. */
export function emit(tx: Transaction, event: NewEvent): Work<void> {
  return emitAll(tx, [event]);
}

/** Writes events in their order, many to an insert: a build of one step tells seven at once. */
export function* emitAll(tx: Transaction, events: readonly NewEvent[]): Work<void> {
  if (events.length === 0) return;
  for (const { text, part } of insertParts(texts, events))
    yield* run(text, ...part.flatMap((event) => valuesOf(tx, event)));
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
