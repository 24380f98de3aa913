import type { EventType } from '@millrace/protocol/event';
import { run, signal } from '../operation.ts';
import type { Transaction, Work } from '../operation.ts';

export interface NewEvent {
  readonly type: EventType;
  readonly builder?: string;
  readonly build?: number;
  readonly request?: number;
  readonly buildset?: number;
  readonly worker?: string;
  readonly data?: Readonly<Record<string, unknown>>;
}

/** Writes an event into the log; it becomes visible with the change that it tells, in one commit. */
export function* emit(tx: Transaction, event: NewEvent): Work<void> {
  yield* run(
    'insert into events (at, type, builder, build, request, buildset, worker, data) values (?, ?, ?, ?, ?, ?, ?, ?)',
    tx.now,
    event.type,
    event.builder ?? null,
    event.build ?? null,
    event.request ?? null,
    event.buildset ?? null,
    event.worker ?? null,
    JSON.stringify(event.data ?? {}),
  );
  yield* signal({ topic: 'events' });
}
