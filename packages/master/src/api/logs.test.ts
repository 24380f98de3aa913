import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { connect } from 'node:net';
import { zstdDecompressSync } from 'node:zlib';
import type { LogLine, LogLines } from '@millrace/protocol/api/logs';
import { MillraceError } from '@millrace/kernel/errors';
import { ApiScene } from '@millrace/testkit/api-scene';
import { settle } from '@millrace/testkit/fake-clock';
import type { RowLog } from '@millrace/testkit/rows';
import type { Store } from '../store/store.ts';

let scene: ApiScene;
let log: RowLog;
beforeEach(async () => {
  scene = new ApiScene();
  const build = await scene.rows.build({ builder: 'linux' });
  await build.startStep(0);
  log = await build.openLog(0);
});
afterEach(() => scene[Symbol.asyncDispose]());

describe('GET /logs/{id}', () => {
  test('tells how much it is and whose', async () => {
    await log.print('one\ntwo\n');
    expect((await scene.get('/logs/1')).body).toEqual({
      id: 1,
      name: 'output',
      stream: 'combined',
      state: 'open',
      lines: 2,
      bytes: 8,
      expired: null,
      build: 1,
      builder: 'linux',
      step: 0,
      stepName: 'compile',
    });
  });

  test.each(['', '/lines', '/raw', '/raw?format=zst', '/follow'])(
    'an unknown log is told, at %s',
    async (part) => {
      expect(await scene.get(`/logs/99${part}`)).toMatchObject({
        status: 404,
        body: { code: 'unknown-log' },
      });
    },
  );
});

describe('GET /logs/{id}/lines', () => {
  test('gives a range, and goes on by its cursor to the end', async () => {
    await log.print('one\ntwo\nthree\nfo');
    const first: LogLines = (await scene.get('/logs/1/lines?from=1&count=2')).body;
    expect(first.items.map((line) => line.text)).toEqual(['two\n', 'three\n']);
    expect(first).toMatchObject({ lines: 3, state: 'open' });
    const rest: LogLines = (await scene.get(`/logs/1/lines?cursor=${first.nextCursor}`)).body;
    expect(rest.items).toEqual([{ byte: 14, line: 3, text: 'fo' }]);
    expect(rest.nextCursor).toBeNull();
    const last: LogLines = (await scene.get('/logs/1/lines?from=-2')).body;
    expect(last.items.map((line) => line.line)).toEqual([2, 3]);
  });

  test.each([
    ['count=0', 'count'],
    ['count=10001', 'count'],
    ['from=x', 'from'],
    ['form=1', 'form'],
    ['cursor=abc', 'cursor'],
  ])('refuses %s by name', async (query, field) => {
    const answer = await scene.get(`/logs/1/lines?${query}`);
    expect(answer).toMatchObject({ status: 400, body: { errors: [{ field }] } });
  });
});

describe('GET /logs/{id}/raw', () => {
  beforeEach(() => log.print('one\ntwo\n'));

  test('gives the bytes, a range of them, and says what it has', async () => {
    const whole = await scene.get('/logs/1/raw');
    expect(whole).toMatchObject({ status: 200, text: 'one\ntwo\n' });
    expect(whole.headers).toMatchObject({
      'content-type': 'text/plain; charset=utf-8',
      'content-length': '8',
      'accept-ranges': 'bytes',
      'x-content-type-options': 'nosniff',
    });
    const part = await scene.get('/logs/1/raw', { headers: { range: 'bytes=2-4' } });
    expect(part).toMatchObject({ status: 206, text: 'e\nt', headers: { 'content-range': 'bytes 2-4/8' } });
    const etag = whole.headers.etag ?? '';
    const same = await scene.get('/logs/1/raw', { headers: { range: 'bytes=-2', 'if-range': etag } });
    expect(same).toMatchObject({ status: 206, text: 'o\n' });
    await log.print('more');
    const grown = await scene.get('/logs/1/raw', { headers: { range: 'bytes=-2', 'if-range': etag } });
    expect(grown).toMatchObject({ status: 200, text: 'one\ntwo\nmore' });
  });

  test('a range outside of it is told with its length', async () => {
    const answer = await scene.get('/logs/1/raw', { headers: { range: 'bytes=8-' } });
    expect(answer).toMatchObject({
      status: 416,
      body: { code: 'range-outside' },
      headers: { 'content-range': 'bytes */8' },
    });
  });

  test('gives the frames as they are stored', async () => {
    const answer = await scene.api.inject('/api/v1/logs/1/raw?format=zst');
    expect(answer.headers['content-type']).toBe('application/zstd');
    expect(zstdDecompressSync(answer.rawPayload).toString()).toBe('one\ntwo\n');
    expect(await scene.get('/logs/1/raw?format=gz')).toMatchObject({
      status: 400,
      body: { errors: [{ field: 'format', message: 'must be one of text, zst' }] },
    });
  });

  test('an empty log is an empty answer', async () => {
    const build = await scene.rows.build({ builder: 'linux', slot: 1 });
    await build.startStep(0);
    const empty = await build.openLog(0);
    expect(await scene.get(`/logs/${empty.id}/raw`)).toMatchObject({ status: 200, text: '' });
  });
});

describe('GET /logs/{id}/follow', () => {
  test('streams what is there, what comes, and the end', async () => {
    await log.print('one\ntw');
    const stream = await scene.stream('/logs/1/follow?from=0');
    await settle();
    expect(stream.events).toEqual([
      { event: 'message', id: '4', data: { byte: 0, line: 0, text: 'one\n' } },
      { event: 'message', id: '6', data: { byte: 4, line: 1, text: 'tw' } },
    ]);
    expect(scene.watched).toEqual(['1/0 on']);
    await log.print(Buffer.from([0x6f, 10, 0xff, 10]));
    await log.close();
    await settle();
    expect(stream.events.slice(2)).toEqual([
      { event: 'message', id: '8', data: { byte: 6, line: 1, text: 'o\n' } },
      { event: 'message', id: '10', data: { byte: 8, line: 2, base64: '/wo=' } },
      { event: 'end', id: '10', data: { lines: 3, bytes: 10 } },
    ]);
    await settle();
    expect(stream.ended).toBe(true);
    expect(scene.watched).toEqual(['1/0 on', '1/0 off']);
  });

  test('goes on from any byte, by id before query, or from a line', async () => {
    await log.print('one\ntwo\nthree\n');
    await log.close();
    const texts = async (query: string, headers = {}) => {
      const stream = await scene.stream(`/logs/1/follow${query}`, headers);
      await settle();
      return stream.events
        .filter(({ event }) => event === 'message')
        .map(({ data }) => {
          const line: LogLine = data;
          return `${line.line}:${line.text}`;
        });
    };
    expect(await texts('?from=9')).toEqual(['2:hree\n']);
    expect(await texts('?from=0', { 'last-event-id': '8' })).toEqual(['2:three\n']);
    expect(await texts('?line=1')).toEqual(['1:two\n', '2:three\n']);
    expect(await texts('?line=-1')).toEqual(['2:three\n']);
    expect(await texts('?from=14')).toEqual([]);
  });

  test.each([
    ['?from=1&line=1', {}, 'line'],
    ['?from=-1', {}, 'from'],
    ['', { 'last-event-id': 'x' }, 'last-event-id'],
  ])('refuses %s %j', async (query, headers, field) => {
    expect(await scene.get(`/logs/1/follow${query}`, { headers })).toMatchObject({
      status: 400,
      body: { code: 'invalid-input', errors: [{ field }] },
    });
  });

  test('says at least every 15 s that it is alive', async () => {
    const stream = await scene.stream('/logs/1/follow');
    await settle();
    const before = stream.text;
    await scene.clock.advance(15_000);
    expect(stream.text).toBe(`${before}:\n\n`);
    await log.close();
    await settle();
  });

  test('a listener that goes away is noticed', async () => {
    const off = Promise.withResolvers<void>();
    await using other = new ApiScene({
      parts: { logWatch: { watch: (_build, _log, on) => on || off.resolve() } },
    });
    const build = await other.rows.build({ builder: 'linux' });
    await build.startStep(0);
    await build.openLog(0);
    const address = await other.api.listen({ host: '127.0.0.1', port: 0 });
    const leave = new AbortController();
    const answer = await fetch(`${address}/api/v1/logs/1/follow`, { signal: leave.signal });
    expect(answer.headers.get('content-type')).toBe('text/event-stream; charset=utf-8');
    leave.abort();
    await off.promise;
  });

  test.each(['/raw', '/raw?format=zst', '/follow', '/lines'])(
    'bytes that are gone, or not what was written, are told before %s begins',
    async (part) => {
      await log.print('one\n');
      const read: { outcome: () => Promise<Uint8Array> } = { outcome: async () => Uint8Array.of(1, 2, 3) };
      const { store } = scene;
      const troubles: unknown[] = [];
      await using other = new ApiScene({
        parts: {
          store: {
            epoch: store.epoch,
            do: (operation, input) => store.do(operation, input),
            read: () => read.outcome(),
            onSignal: (listen) => store.onSignal(listen),
            close: () => store.close(),
          },
          onTrouble: (error) => troubles.push(error),
        },
      });
      expect(await other.get(`/logs/1${part}`)).toMatchObject({ status: 500, body: { code: 'log-damaged' } });
      expect(troubles).toHaveLength(1);
      read.outcome = () => Promise.reject(new MillraceError('bytes-missing', 'gone'));
      expect(await other.get(`/logs/1${part}`)).toMatchObject({ status: 410, body: { code: 'log-expired' } });
    },
  );

  test('a listener that does not read stops the reading of the store', async () => {
    for (let chunk = 0; chunk < 200; chunk++) await log.print(Buffer.alloc(100_000, 'x'));
    await log.close();
    let reads = 0;
    const { store } = scene;
    const counting: Store = {
      epoch: store.epoch,
      do: (operation, input) => store.do(operation, input),
      read: (place, length) => {
        reads += 1;
        return store.read(place, length);
      },
      onSignal: (listen) => store.onSignal(listen),
      close: () => store.close(),
    };
    await using other = new ApiScene({ parts: { store: counting } });
    const address = await other.api.listen({ host: '127.0.0.1', port: 0 });
    const socket = connect({ host: '127.0.0.1', port: Number(new URL(address).port) });
    socket.write('GET /api/v1/logs/1/follow HTTP/1.1\r\nhost: 127.0.0.1\r\nconnection: close\r\n\r\n');
    const begun = Promise.withResolvers<void>();
    socket.once('readable', () => begun.resolve());
    await begun.promise;
    for (let before = -1; before !== reads; await settle()) before = reads;
    expect(reads).toBeLessThan(150);
    let received = 0;
    socket.on('data', (bytes) => (received += bytes.length));
    await new Promise((resolve) => socket.once('end', resolve));
    expect(received).toBeGreaterThan(20_000_000);
    expect(reads).toBe(200);
  });

  test('ends when the master stops, so that its listener goes elsewhere', async () => {
    const stream = await scene.stream('/logs/1/follow');
    await settle();
    await scene.api.close();
    await settle();
    expect(stream.ended).toBe(true);
    expect(stream.events).toEqual([]);
  });
});
