import Type from 'typebox';
import { Event, Events } from '@millrace/protocol/api/events';
import { eventTypes } from '@millrace/protocol/event';
import type { MillraceEvent } from '@millrace/protocol/event';
import type { EventBatch, EventFeed } from '../events/event-feed.ts';
import type { EventFilter } from '../store/operations/events.ts';
import type { Api, ApiParts } from './api.ts';
import { problems, refusalsOf } from './answers.ts';
import { sseEvent } from './event-stream.ts';
import type { EventStreams } from './event-stream.ts';
import { lastEventIdHeaders } from './last-event-id.ts';
import { severalOf, severalWords } from './list-page.ts';
import { shownEvent } from './public-view.ts';
import type { Viewer } from './viewer.ts';

const eventsQuery = Type.Object(
  {
    after: Type.Optional(
      Type.String({
        maxLength: 1000,
        description: 'A cursor, `now`, or `start`. Absent: `now` for a stream, `start` for JSON',
      }),
    ),
    type: severalWords(eventTypes, 'Of these kinds'),
    builder: Type.Optional(Type.String({ description: 'About this builder' })),
    build: Type.Optional(Type.Integer({ minimum: 1, description: 'About this build' })),
    limit: Type.Optional(
      Type.Integer({ minimum: 1, maximum: 1000, default: 100, description: 'Of JSON: at most so many' }),
    ),
  },
  { additionalProperties: false },
);

/** `/events`: everything that happened, in order, and what happens. */
export function eventRoutes(api: Api, { events }: Pick<ApiParts, 'events'>, streams: EventStreams): void {
  api.get(
    '/events',
    {
      config: { access: 'public' },
      exposeHeadRoute: false,
      schema: {
        tags: ['events'],
        summary: 'Events after a cursor',
        description:
          'A stream of server-sent events: first `ready` with the place it starts from, then each event with its cursor as `id`; `cursor` events tell how far a filter has looked. With `Accept: application/json` what is there already, oldest first.',
        querystring: eventsQuery,
        headers: lastEventIdHeaders,
        response: {
          200: {
            description: 'Events',
            content: { 'text/event-stream': { schema: Event }, 'application/json': { schema: Events } },
          },
          ...refusalsOf([410]),
          ...problems,
        },
      },
    },
    async (request, reply) => {
      const { query, viewer } = request;
      const filter: EventFilter = {
        types: severalOf('type', query.type, eventTypes),
        builder: query.builder,
        builders: viewer.builders ?? undefined,
        build: query.build,
      };
      const asked = request.headers['last-event-id'] ?? query.after;
      const json = wantsJson(request.headers.accept);
      const after = await placeOf(events, asked ?? (json ? 'start' : 'now'));
      if (json) {
        const batch = await events.read(after, query.limit ?? 100, filter);
        return reply
          .type('application/json; charset=utf-8')
          .send({ items: shownEvents(viewer, batch), nextCursor: batch.cursor });
      }
      // A cursor that is wrong is told as such, before the stream begins.
      await events.check(after);
      return streams.send(reply, (signal) => eventStream(events, after, signal, { filter, viewer }));
    },
  );
}

async function placeOf(events: EventFeed, asked: string): Promise<string> {
  if (asked === 'now') return events.head();
  return asked === 'start' ? await events.start() : asked;
}

function wantsJson(accept: string | undefined): boolean {
  return accept !== undefined && accept.includes('application/json') && !accept.includes('text/event-stream');
}

function shownEvents(viewer: Viewer, batch: EventBatch): MillraceEvent[] {
  return batch.events.flatMap((event) => shownEvent(viewer, event) ?? []);
}

function textOf(event: MillraceEvent): string {
  return sseEvent({ id: event.cursor, data: event });
}

/** By the batch that they are the text of: with a hundred listeners it is made once, as the bytes that go out. */
const wholeTexts = new WeakMap<EventBatch, Uint8Array>();

function wholeText(batch: EventBatch): Uint8Array {
  const known = wholeTexts.get(batch);
  if (known) return known;
  const text = Buffer.from(batch.events.map(textOf).join(''));
  wholeTexts.set(batch, text);
  return text;
}

async function* eventStream(
  events: EventFeed,
  after: string,
  signal: AbortSignal,
  { filter, viewer }: { readonly filter: EventFilter; readonly viewer: Viewer },
): AsyncGenerator<string | Uint8Array, void> {
  const isNarrowed = Object.values(filter).some((one) => one !== undefined);
  yield sseEvent({ event: 'ready', id: after, data: {} });
  for await (const batch of events.follow(after, signal, filter)) {
    if (!viewer.isCurrent()) return;
    if (!isNarrowed && viewer.builders === null) {
      if (batch.events.length > 0) yield wholeText(batch);
      continue;
    }
    const texts = shownEvents(viewer, batch).map(textOf);
    if (isNarrowed && batch.events.at(-1)?.cursor !== batch.cursor)
      texts.push(sseEvent({ event: 'cursor', id: batch.cursor, data: {} }));
    if (texts.length > 0) yield texts.join('');
  }
}
