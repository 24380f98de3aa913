import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Events } from '@millrace/protocol/api/events';
import { ApiScene } from '@millrace/testkit/api-scene';
import type { StreamedEvent } from '@millrace/testkit/api-scene';
import { settle } from '@millrace/testkit/fake-clock';

let scene: ApiScene;
beforeEach(() => {
  scene = new ApiScene();
});
afterEach(() => scene[Symbol.asyncDispose]());

const json = { headers: { accept: 'application/json' } };
const types = (events: readonly StreamedEvent[]): string[] =>
  events.filter(({ event }) => event === 'message').map(({ data }: { data: { type: string } }) => data.type);

describe('GET /events', () => {
  test('as JSON gives what happened, oldest first, page by page', async () => {
    await scene.rows.build({ builder: 'linux' });
    const all: Events = (await scene.get('/events', json)).body;
    expect(all.items.map(({ type }) => type)).toEqual([
      'worker.connected',
      'buildset.added',
      'request.added',
      'build.started',
    ]);
    const first: Events = (await scene.get('/events?limit=3', json)).body;
    const rest: Events = (await scene.get(`/events?after=${first.nextCursor}`, json)).body;
    expect([...first.items, ...rest.items]).toEqual(all.items);
    const none: Events = (await scene.get(`/events?after=${rest.nextCursor}`, json)).body;
    expect(none).toEqual({ items: [], nextCursor: rest.nextCursor });
  });

  test('as a stream begins now, and tells each event with its cursor', async () => {
    await scene.rows.worker('w1');
    const stream = await scene.stream('/events');
    await settle();
    expect(stream.events.map(({ event }) => event)).toEqual(['ready']);
    await scene.rows.build({ builder: 'linux' });
    await settle();
    expect(types(stream.events)).toEqual(['buildset.added', 'request.added', 'build.started']);
    for (const { id, data } of stream.events.slice(1)) expect((data as { cursor: string }).cursor).toBe(id);
  });

  test('goes on where a stream was cut, by the header before the query', async () => {
    await scene.rows.build({ builder: 'linux' });
    const first: Events = (await scene.get('/events?limit=2', json)).body;
    const stream = await scene.stream('/events?after=start', { 'last-event-id': first.nextCursor });
    await settle();
    expect(stream.events[0]).toMatchObject({ event: 'ready', id: first.nextCursor });
    expect(types(stream.events)).toEqual(['request.added', 'build.started']);
    const start = await scene.stream('/events?after=start');
    await settle();
    expect(types(start.events).length).toBe(4);
  });

  test('is narrowed, and says how far it has looked all the same', async () => {
    const stream = await scene.stream('/events?type=build.started,build.finished&builder=linux');
    const build = await scene.rows.build({ builder: 'linux' });
    await build.startStep(0);
    await build.finish('success');
    await scene.rows.build({ builder: 'windows' });
    await settle();
    expect(types(stream.events)).toEqual(['build.started', 'build.finished']);
    const head: Events = (await scene.get('/events?after=now', json)).body;
    expect(stream.events.at(-1)).toMatchObject({ event: 'cursor', id: head.nextCursor });
    const ofBuild: Events = (await scene.get('/events?build=2', json)).body;
    expect(ofBuild.items.map(({ type }) => type)).toEqual(['build.started']);
  });

  test.each([
    ['after=x', 400, 'cursor-malformed'],
    [`after=${Buffer.from('["other",0,1]').toString('base64url')}`, 410, 'cursor-epoch'],
    ['type=build.begun', 400, 'invalid-input'],
    ['since=1', 400, 'invalid-input'],
  ])('refuses %s', async (query, status, code) => {
    for (const headers of [{ accept: 'text/event-stream' }, { accept: 'application/json' }])
      expect(await scene.get(`/events?${query}`, { headers })).toMatchObject({ status, body: { code } });
  });
});
