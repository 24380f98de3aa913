import { Readable } from 'node:stream';
import Type from 'typebox';
import type { FastifyReply } from 'fastify';
import { LogDetail, LogLine, LogLines } from '@millrace/protocol/api/logs';
import type { LogEnd } from '@millrace/protocol/api/logs';
import type { ChunkReader } from '../logs/chunk-reader.ts';
import type { LogFollower } from '../logs/follow.ts';
import type { LogPlace } from '../logs/line-splitter.ts';
import { logLine } from '../logs/log-line.ts';
import type { RawLogs, RawText } from '../logs/raw-log.ts';
import type { LinesReader, LinesStart } from '../logs/read-lines.ts';
import { readLogOwner } from '../store/operations/log-owner.ts';
import { readLogDetail, readLogEnd } from '../store/operations/read-logs.ts';
import type { LogHead } from '../store/operations/read-logs.ts';
import type { Store } from '../store/store.ts';
import type { Api } from './api.ts';
import { answers, problems, refusalsOf } from './answers.ts';
import { ApiProblem, invalidField, unknownNumber } from './api-problem.ts';
import { sseEvent } from './event-stream.ts';
import type { EventStreams } from './event-stream.ts';
import { httpRange } from './http-range.ts';
import { lastEventIdHeaders } from './last-event-id.ts';
import { readListCursor, writeListCursor } from './list-cursor.ts';
import { logEvents } from './log-events.ts';
import { emptyBody, idParams } from './route-params.ts';
import { sees } from './viewer.ts';
import type { Viewer } from './viewer.ts';

export interface LogRouteParts {
  readonly store: Store;
  readonly chunks: ChunkReader;
  readonly lines: LinesReader;
  readonly raw: RawLogs;
  readonly follower: LogFollower;
  readonly streams: EventStreams;
}

/** Lines in an answer, where nobody says how many. */
const linesCount = 100;
const placeMax = Number.MAX_SAFE_INTEGER;

const linesQuery = Type.Object(
  {
    from: Type.Optional(
      Type.Integer({
        minimum: -placeMax,
        maximum: placeMax,
        default: 0,
        description: 'The first line, from 0; negative: from the end, -1 is the last',
      }),
    ),
    count: Type.Optional(
      Type.Integer({
        minimum: 1,
        maximum: 10_000,
        default: linesCount,
        description: 'At most so many lines',
      }),
    ),
    cursor: Type.Optional(
      Type.String({
        maxLength: 1000,
        description: 'The `nextCursor` of the answer before; goes before `from`',
      }),
    ),
  },
  { additionalProperties: false },
);

const rawQuery = Type.Object(
  {
    format: Type.Optional(
      Type.Enum(['text', 'zst'], { type: 'string', description: '`zst`: compressed, as it is stored' }),
    ),
  },
  { additionalProperties: false },
);

const followQuery = Type.Object(
  {
    from: Type.Optional(Type.Integer({ minimum: 0, maximum: placeMax, description: 'The first byte' })),
    line: Type.Optional(
      Type.Integer({
        minimum: -placeMax,
        maximum: placeMax,
        description: 'The first line instead; negative: from the end',
      }),
    ),
  },
  { additionalProperties: false },
);

/** `/logs`: what steps printed, while they run and after. */
export function logRoutes(api: Api, parts: LogRouteParts): void {
  const { store, chunks, lines, raw, follower, streams } = parts;

  api.get(
    '/logs/:id',
    {
      config: { access: 'public' },
      schema: {
        tags: ['logs'],
        summary: 'One log',
        description: 'How much it is, and whose.',
        params: idParams,
        querystring: emptyBody,
        response: answers({ 200: LogDetail }, 404),
      },
    },
    async ({ params, viewer }) => {
      await mustSee(store, viewer, params.id);
      const found = await store.do(readLogDetail, { log: params.id });
      if (!found) throw unknownNumber('log', params.id);
      return found;
    },
  );

  api.get(
    '/logs/:id/lines',
    {
      config: { access: 'public' },
      schema: {
        tags: ['logs'],
        summary: 'A range of lines',
        description:
          'At most 8 MiB of output an answer: `nextCursor` goes on from there. A line longer than that comes in pieces.',
        params: idParams,
        querystring: linesQuery,
        response: answers({ 200: LogLines }, 404, 410),
      },
    },
    async ({ params, query, viewer }) => {
      await mustSee(store, viewer, params.id);
      const list = `lines of ${params.id}`;
      const range = await lines.read(
        params.id,
        linesStart(store.epoch, list, query),
        query.count ?? linesCount,
      );
      if (!range) throw unknownNumber('log', params.id);
      const { log, pieces, next } = range;
      return {
        items: pieces.map(logLine),
        nextCursor: next ? writeListCursor(store.epoch, list, [next.byte, next.line]) : null,
        lines: log.lines,
        state: log.state,
      };
    },
  );

  api.get(
    '/logs/:id/raw',
    {
      config: { access: 'public' },
      exposeHeadRoute: false,
      schema: {
        tags: ['logs'],
        summary: 'The bytes of a log',
        description:
          'As they were printed, up to what is known now; a line stands where output was not kept. `Range` is understood for one range of bytes. With `format=zst` the zstd frames as they are stored, one after the other.',
        params: idParams,
        querystring: rawQuery,
        response: {
          200: {
            description: 'The whole log',
            content: {
              'text/plain': { schema: Type.String() },
              'application/zstd': { schema: Type.String() },
            },
          },
          206: { description: 'A range of it', content: { 'text/plain': { schema: Type.String() } } },
          ...refusalsOf([404, 416]),
          ...problems,
        },
      },
    },
    async ({ params, query, headers, viewer }, reply) => {
      await mustSee(store, viewer, params.id);
      const text = await raw.describe(params.id);
      if (!text) throw unknownNumber('log', params.id);
      await chunks.probe(params.id, 0);
      if (query.format === 'zst') return sendBytes(reply.type('application/zstd'), raw.frames(params.id));
      return sendText(store.epoch, raw, text, headers, reply);
    },
  );

  api.get(
    '/logs/:id/follow',
    {
      config: { access: 'public' },
      exposeHeadRoute: false,
      schema: {
        tags: ['logs'],
        summary: 'Follow a log',
        description:
          'Server-sent events: each `data` a line or a piece of one, its `id` the byte to resume from (as `Last-Event-ID`, or `from`); after the last of a closed log an event `end`.',
        params: idParams,
        querystring: followQuery,
        headers: lastEventIdHeaders,
        response: {
          200: { description: 'The log as it comes', content: { 'text/event-stream': { schema: LogLine } } },
          ...refusalsOf([404]),
          ...problems,
        },
      },
    },
    async ({ params, query, headers, viewer }, reply) => {
      await mustSee(store, viewer, params.id);
      const part = await store.do(readLogEnd, { log: params.id });
      if (!part) throw unknownNumber('log', params.id);
      const from = await followStart(lines, part.log, { ...query, lastEventId: headers['last-event-id'] });
      await chunks.probe(params.id, from);
      return streams.send(reply, (signal) => followStream(follower, { log: part.log, from, viewer }, signal));
    },
  );
}

/** A log that the viewer may not see is as if it were not there. @throws ApiProblem `unknown-log` 404 */
/** @throws ApiProblem `unknown-log` 404 where the caller may not see it */
export async function mustSee(store: Store, viewer: Viewer, log: number): Promise<void> {
  if (viewer.builders === null) return;
  const owner = await store.do(readLogOwner, { log });
  if (!owner || owner.isPrivate || !sees(viewer, owner.builder)) throw unknownNumber('log', log);
}

function linesStart(
  epoch: string,
  list: string,
  query: { readonly from?: number; readonly cursor?: string },
): LinesStart {
  if (query.cursor === undefined) return { line: query.from ?? 0 };
  const [byte = 0, line = 0] = readListCursor(epoch, list, query.cursor, 2);
  const place: LogPlace = { byte, line };
  return { place };
}

async function followStart(
  lines: LinesReader,
  log: LogHead,
  given: { readonly from?: number; readonly line?: number; readonly lastEventId?: string | undefined },
): Promise<number> {
  if (given.lastEventId !== undefined) {
    if (!/^\d{1,15}$/u.test(given.lastEventId))
      throw invalidField('last-event-id', 'must be the number of a byte');
    return Number(given.lastEventId);
  }
  if (given.line === undefined) return given.from ?? 0;
  if (given.from !== undefined) throw invalidField('line', 'cannot be given together with from');
  return (await lines.placeOfLine(log.id, given.line))?.byte ?? log.bytes;
}

async function* followStream(
  follower: LogFollower,
  { log, from, viewer }: { readonly log: LogHead; readonly from: number; readonly viewer: Viewer },
  signal: AbortSignal,
): AsyncGenerator<string, void> {
  for await (const followed of follower.follow(log, from, signal)) {
    if (!viewer.isCurrent()) return;
    if (followed.kind === 'end') {
      const { lines, bytes } = followed.log;
      const end: LogEnd = { lines, bytes };
      yield sseEvent({ event: 'end', id: bytes, data: end });
    } else {
      yield logEvents(followed.pieces);
    }
  }
}

function sendText(
  epoch: string,
  raw: RawLogs,
  text: RawText,
  headers: { readonly range?: string | undefined; readonly 'if-range'?: string | string[] | undefined },
  reply: FastifyReply,
): FastifyReply {
  const { length, log } = text;
  // What was printed stays what it is; only how much there is of an open log changes.
  const tag = `"${epoch}-${log.id}-${length}"`;
  const isSame = headers['if-range'] === undefined || headers['if-range'] === tag;
  const range = httpRange(isSame ? headers.range : undefined, length);
  reply.header('accept-ranges', 'bytes').header('etag', tag).type('text/plain; charset=utf-8');
  if (range.kind === 'outside') {
    reply.header('content-range', `bytes */${length}`);
    throw new ApiProblem(416, 'range-outside', `The log has ${length} bytes: ask for some of those.`);
  }
  const { start, end } = range.kind === 'part' ? range : { start: 0, end: length };
  if (range.kind === 'part') reply.code(206).header('content-range', `bytes ${start}-${end - 1}/${length}`);
  return sendBytes(reply.header('content-length', end - start), raw.read(text, start, end));
}

/** Read on as it is taken: a listener that does not keep up holds a chunk, not a log. */
function sendBytes(reply: FastifyReply, parts: AsyncGenerator<Uint8Array>): FastifyReply {
  return reply.send(Readable.from(parts, { objectMode: false, highWaterMark: 1 }));
}
