import { assert } from '@millrace/kernel/assert';
import type { EventType } from '@millrace/protocol/event';
import type { FreshEvents } from '../operation.ts';
import type { StoredEvent } from './events.ts';

/** What is inserted of an event, in this order: its number is given out by the store. */
export const eventColumns = [
  'at',
  'type',
  'builder',
  'build',
  'request',
  'buildset',
  'worker',
  'data',
] as const;

type Columns = readonly [
  at: number,
  type: EventType,
  builder: string | null,
  build: number | null,
  request: number | null,
  buildset: number | null,
  worker: string | null,
  data: string,
];

/** The events that a commit handed on, as they would be read. */
export function storedEvents({ first, count, columns }: FreshEvents): StoredEvent[] {
  const values = JSON.parse(columns) as unknown[];
  const width = eventColumns.length;
  assert(values.length === count * width, 'each event has all its columns');
  return Array.from({ length: count }, (_, index) => {
    const row = values.slice(index * width, (index + 1) * width) as unknown as Columns;
    const [at, type, builder, build, request, buildset, worker, data] = row;
    return {
      place: { xid: 0, seq: first + index },
      at,
      type,
      builder,
      build,
      request,
      buildset,
      worker,
      data,
    };
  });
}
