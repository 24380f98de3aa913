import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { FirstErrors } from '@millrace/protocol/api/build-errors';
import type { Step } from '@millrace/protocol/api/builds';
import type { Request } from '@millrace/protocol/api/requests';
import type { MillraceEvent } from '@millrace/protocol/event';
import { loadOf, profileOf, stallsOf } from './load.ts';
import { World } from './world.ts';

const dist = path.join(import.meta.dirname, '..', 'dist');
const types: Readonly<Record<string, string>> = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.svg': 'image/svg+xml',
};

const world = new World(Date.now());
setInterval(() => world.pass(Date.now()), 200);
/** Paths answered slowly or not at all, to see skeletons and errors: `FIXTURE_SLOW_MS=2000`. */
const slowMs = Number(process.env.FIXTURE_SLOW_MS ?? 0);

createServer((request, response) => {
  void answer(request, response).catch((error: unknown) => {
    console.error(error);
    response.destroy();
  });
}).listen(Number(process.env.PORT ?? 8020), '127.0.0.1', function listening(this: Server) {
  console.log(`fixture: ${JSON.stringify(this.address())}`);
});

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const url = new URL(request.url ?? '/', 'http://fixture');
  if (!url.pathname.startsWith('/api/v1/')) return page(url.pathname, response);
  let body = '';
  for await (const chunk of request) body += String(chunk);
  if (slowMs > 0) await sleep(slowMs);
  const parts = url.pathname.slice('/api/v1/'.length).split('/').map(decodeURIComponent);
  const found =
    request.method === 'POST'
      ? await post(parts, body)
      : await get(parts, url.searchParams, request, response);
  if (found === handled) return undefined;
  response.setHeader('content-type', found === undefined ? 'application/problem+json' : 'application/json');
  if (found === undefined) response.statusCode = 404;
  const missing = {
    type: 'about:blank',
    title: 'Not found',
    status: 404,
    code: 'not-found',
    detail: `There is no ${parts.join(' ')}.`,
  };
  response.end(JSON.stringify(found ?? missing));
}

const handled = Symbol('handled');
const started = Date.now() - 3 * 86_400_000;
const master = { name: 'master', startedAt: started, seenAt: started, stoppedAt: null };
const listOf = (items: unknown[], query: URLSearchParams): object => {
  const limit = Number(query.get('limit') ?? 50);
  const from = Number(query.get('cursor') ?? 0);
  const rest = items.length > from + limit;
  return { items: items.slice(from, from + limit), nextCursor: rest ? String(from + limit) : null };
};
const wanted = (query: URLSearchParams, name: string, value: unknown): boolean => {
  const asked = query.get(name);
  return asked === null || asked.split(',').includes(String(value));
};

async function get(
  parts: string[],
  query: URLSearchParams,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<unknown> {
  const [kind = '', id, part] = parts;
  switch (kind) {
    case 'events':
      return events(query.get('after'), request, response);
    case 'builders':
      return id === undefined
        ? listOf(world.builders, query)
        : world.builders.find((builder) => builder.name === id);
    case 'workers':
      return listOf(
        world.workers.map((worker) => ({
          ...worker,
          builds: [...world.builds.values()]
            .filter((build) => build.state === 'running' && build.worker === worker.name)
            .map((build) => build.id),
        })),
        query,
      );
    case 'changes':
      return listOf(world.changes.toReversed(), query);
    case 'repositories':
      return listOf([], query);
    case 'requests':
      if (id !== undefined) return world.requests.get(Number(id));
      return listOf(
        [...world.requests.values()]
          .toReversed()
          .filter((item) => wanted(query, 'state', item.state) && wanted(query, 'builder', item.builder)),
        query,
      );
    case 'builds': {
      if (id !== undefined) {
        const build = world.builds.get(Number(id));
        if (part === 'errors') return build && errorsOf(build.steps);
        return part === 'steps'
          ? listOf(build?.steps ?? [], query)
          : build && { ...build, shapes: undefined };
      }
      const filters = ['builder', 'number', 'request', 'state', 'result', 'branch', 'revision'] as const;
      const builds = [...world.builds.values()]
        .toReversed()
        .filter((build) => filters.every((name) => wanted(query, name, build[name])));
      return listOf(
        builds.map(
          ({
            steps: _s,
            shapes: _h,
            properties: _p,
            attempts: _a,
            change: _c,
            buildset: _b,
            ends: _e,
            ...build
          }) => build,
        ),
        query,
      );
    }
    case 'masters':
      if (part === 'load') return loadOf(id ?? '', query, Date.now());
      if (part === 'stalls') return stallsOf(Date.now());
      return id === undefined ? listOf([master], query) : master;
    case 'logs':
      return log(Number(id), part, query, request, response);
    default:
      return undefined;
  }
}

function errorsOf(steps: readonly Step[]): FirstErrors {
  const step = steps.find(({ result }) => result === 'failure' || result === 'exception');
  const log = step?.logs[0];
  if (step === undefined || log === undefined)
    return { step: step?.index ?? null, log: null, kind: 'none', items: [], wholeLog: true };
  const items = [{ line: Math.max(0, log.lines - 2), text: 'src/mill.c:120:7: error: expected 4095' }];
  return { step: step.index, log: log.id, kind: 'errors', items, wholeLog: true };
}

async function post([kind, id, act]: string[], body: string): Promise<unknown> {
  const now = Date.now();
  if (kind === 'masters' && act === 'profile') {
    const { seconds = 5 } = JSON.parse(body || '{}') as { seconds?: number };
    await sleep(seconds * 1000);
    return profileOf(id ?? '', seconds, Date.now());
  }
  const head = world.changes.at(-1)?.revision ?? '';
  if (kind === 'builders' && act === 'force' && world.builders.some((builder) => builder.name === id)) {
    const asked = JSON.parse(body || '{}') as { branch?: string; revision?: string };
    const request = world.addRequest(
      id ?? '',
      { branch: asked.branch ?? 'main', revision: asked.revision ?? head },
      'forced',
      now,
    );
    return { buildset: request.buildset, requests: [request.id], revision: request.revision };
  }
  if (kind === 'builds' && act === 'cancel') {
    const build = world.builds.get(Number(id));
    if (build !== undefined) world.cancel(build, now);
    return build && { ...build, shapes: undefined };
  }
  if (kind === 'builds' && act === 'retry') {
    const build = world.builds.get(Number(id));
    if (build === undefined) return undefined;
    const request = world.addRequest(
      build.builder,
      { branch: build.branch ?? '', revision: build.revision ?? '' },
      `retry of ${build.builder}#${build.number}`,
      now,
    );
    return { buildset: request.buildset, requests: [request.id], revision: request.revision };
  }
  if (kind === 'requests' && act === 'cancel') {
    const request = world.requests.get(Number(id));
    if (request === undefined) return undefined;
    const cancelled: Request = {
      ...request,
      state: 'finished',
      result: 'cancelled',
      reason: 'cancelled',
      finishedAt: now,
      waitsFor: null,
    };
    world.requests.set(request.id, cancelled);
    world.emit('request.cancelled', now, { builder: request.builder, request: request.id });
    return cancelled;
  }
  return undefined;
}

/** Begins an event stream that ends with its connection. */
function stream(request: IncomingMessage, response: ServerResponse): (head: string, data: unknown) => void {
  response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
  response.write(': welcome\n\n');
  const beat = setInterval(() => response.write(': still here\n\n'), 15_000);
  request.on('close', () => clearInterval(beat));
  return (head, data) => void response.write(`${head}data: ${JSON.stringify(data)}\n\n`);
}

function events(after: string | null, request: IncomingMessage, response: ServerResponse): symbol {
  const place = after === null ? world.events.length : Number(after.slice(3));
  const send = stream(request, response);
  send(`event: ready\nid: e1.${place}\n`, {});
  const tell = (event: MillraceEvent): void => send(`id: ${event.cursor}\n`, event);
  for (const event of world.events.slice(place)) tell(event);
  const stop = world.listen(tell);
  response.on('close', stop);
  return handled;
}

function log(
  id: number,
  part: string | undefined,
  query: URLSearchParams,
  request: IncomingMessage,
  response: ServerResponse,
): unknown {
  const known = world.logs.get(id);
  if (known === undefined) return undefined;
  const item = (line: number): object => ({ byte: line * 70, line, text: world.text(known, line) });
  if (part === 'lines') {
    const from = Number(query.get('from') ?? 0);
    const until = Math.min(known.lines, from + Math.min(10_000, Number(query.get('count') ?? 100)));
    const items = Array.from({ length: Math.max(0, until - from) }, (_, index) => item(from + index));
    return { items, nextCursor: null, lines: known.lines, state: known.state };
  }
  if (part === 'raw') {
    response.setHeader('content-type', 'text/plain; charset=utf-8');
    for (let line = 0; line < known.lines; line += 1) response.write(world.text(known, line));
    response.end();
    return handled;
  }
  if (part === 'follow') {
    let line = Math.floor(Number(query.get('from') ?? 0) / 70);
    const send = stream(request, response);
    const timer = setInterval(() => {
      for (; line < known.lines; line += 1) send(`id: ${(line + 1) * 70}\n`, item(line));
      if (known.state === 'closed') {
        send(`event: end\nid: ${line * 70}\n`, {});
        clearInterval(timer);
        response.end();
      }
    }, 100);
    response.on('close', () => clearInterval(timer));
    return handled;
  }
  return { ...known };
}

async function page(pathname: string, response: ServerResponse): Promise<void> {
  const file = path.extname(pathname) === '' ? 'index.html' : path.normalize(pathname).slice(1);
  response.setHeader('content-type', types[path.extname(file)] ?? 'application/octet-stream');
  response.end(await readFile(path.join(dist, file)));
}
