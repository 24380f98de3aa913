import type { EventType } from '@millrace/protocol/event';
import { insertEvents } from '../operation.ts';
import type { Transaction, Work } from '../operation.ts';
import { eventColumns } from './fresh-events.ts';
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

const texts = insertTexts('events', eventColumns);

/** Writes an event into the log; it becomes visible with the change that it tells, in one commit. */
export function emit(tx: Transaction, event: NewEvent): Work<void> {
  return emitAll(tx, [event]);
}

/** Writes events in their order, many to an insert: a build of one step tells seven at once. */
export function* emitAll(tx: Transaction, events: readonly NewEvent[]): Work<void> {
  const { now } = tx;
  const parts = insertParts(texts, events, (values, event) => {
    values.push(
      now,
      event.type,
      event.builder ?? null,
      event.build ?? null,
      event.request ?? null,
      event.buildset ?? null,
      event.worker ?? null,
      event.data === undefined ? '{}' : JSON.stringify(event.data),
    );
  });
  for (const { text, part, values } of parts) yield* insertEvents(text, part.length, values);
}
