import Type from 'typebox';
import { eventTypes } from '../event.ts';
import { Time } from './common.ts';

/** The schema of {@link import('../event.ts').MillraceEvent}. */
export const Event = Type.Object(
  {
    cursor: Type.String({ description: 'Opaque: give it back as `after` to get what came next' }),
    type: Type.Enum([...eventTypes], { type: 'string' }),
    at: Time,
    builder: Type.Optional(Type.String()),
    build: Type.Optional(Type.Integer()),
    request: Type.Optional(Type.Integer()),
    buildset: Type.Optional(Type.Integer()),
    worker: Type.Optional(Type.String()),
    data: Type.Record(Type.String(), Type.Unknown(), { description: 'What else it tells, by its type' }),
  },
  { title: 'Event', description: 'One fact in the event log' },
);
export type Event = Type.Static<typeof Event>;

export const Events = Type.Object(
  {
    items: Type.Array(Event),
    nextCursor: Type.String({ description: 'Give it back as `after` for what came, or will come, next' }),
  },
  { title: 'Events', description: 'Events in the order in which they happened, oldest first' },
);
export type Events = Type.Static<typeof Events>;
