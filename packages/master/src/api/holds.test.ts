import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Scheduler } from '@millrace/protocol/api/schedulers';
import type { Worker } from '@millrace/protocol/api/workers';
import { ApiScene } from '@millrace/testkit/api-scene';

let scene: ApiScene;
beforeEach(() => {
  scene = new ApiScene();
});
afterEach(() => scene[Symbol.asyncDispose]());

const eventTypes = async (): Promise<string[]> => {
  const page: { items: { type: string }[] } = (
    await scene.get('/events?type=worker.paused,worker.draining,worker.drained,worker.resumed', {
      headers: { accept: 'application/json' },
    })
  ).body;
  return page.items.map(({ type }) => type);
};

describe('a worker that is paused', () => {
  test('says who, why and since when, and takes no builds until it is resumed', async () => {
    await scene.rows.worker('w1');
    const at = scene.clock.now();
    const paused = await scene.post('/workers/w1/pause', { reason: 'a new disk' });
    expect(paused).toMatchObject({
      status: 200,
      body: {
        accepts: false,
        message: 'It is paused: a new disk',
        hold: { state: 'paused', reason: 'a new disk', by: null, at },
      },
    });
    await scene.rows.request({ builder: 'linux' });
    expect((await scene.get('/requests/1')).body).toMatchObject({
      waitsFor: 'No connected worker takes builds: w1 is paused: a new disk',
    });
    const resumed = await scene.post('/workers/w1/resume');
    expect(resumed).toMatchObject({ status: 200, body: { accepts: true, message: null, hold: null } });
    expect(await eventTypes()).toEqual(['worker.paused', 'worker.resumed']);
  });

  test('needs a reason, and must be one of the config', async () => {
    expect(await scene.post('/workers/w1/pause')).toMatchObject({
      status: 400,
      body: { errors: [{ field: 'reason' }] },
    });
    expect(await scene.post('/workers/w9/pause', { reason: 'x' })).toMatchObject({
      status: 404,
      body: { code: 'unknown-worker' },
    });
  });

  test('may have never connected', async () => {
    const paused = await scene.post('/workers/w2/pause', { reason: 'not ready' });
    expect(paused.body).toMatchObject({ message: 'It has never connected.', hold: { state: 'paused' } });
    const held: { items: Worker[] } = (await scene.get('/workers?held=true')).body;
    expect(held.items.map(({ name }) => name)).toEqual(['w2']);
  });
});

describe('a worker that is drained', () => {
  test('tells when the last of its builds has ended', async () => {
    const [first, second] = [
      await scene.rows.build({ builder: 'linux' }),
      await scene.rows.build({ builder: 'linux', slot: 1 }),
    ];
    const draining = await scene.post('/workers/w1/drain', { reason: 'upgrade' });
    expect(draining.body).toMatchObject({ hold: { state: 'draining' } });
    await first.finish('success');
    expect((await scene.get('/workers/w1')).body).toMatchObject({ hold: { state: 'draining' } });
    await second.finish('failure');
    expect((await scene.get('/workers/w1')).body).toMatchObject({ hold: { state: 'drained' } });
    expect(await eventTypes()).toEqual(['worker.draining', 'worker.drained']);
  });

  test('on which nothing runs is drained at once', async () => {
    await scene.rows.worker('w1');
    const drained = await scene.post('/workers/w1/drain', { reason: 'upgrade' });
    expect(drained.body).toMatchObject({ hold: { state: 'drained' } });
  });
});

describe('a scheduler that is paused', () => {
  test('says so until it is resumed, and may pass over what came meanwhile', async () => {
    const paused = await scene.post('/schedulers/on-main/pause', { reason: 'a flood' });
    expect(paused.body).toMatchObject({ hold: { state: 'paused', reason: 'a flood' }, lastChange: null });
    const revision = 'a'.repeat(40);
    await scene.post('/changes', { repository: 'app', branch: 'main', revision });
    const held: { items: Scheduler[] } = (await scene.get('/schedulers?held=true')).body;
    expect(held.items.map(({ name }) => name)).toEqual(['on-main']);
    const resumed = await scene.post('/schedulers/on-main/resume', { skip: true });
    expect(resumed.body).toMatchObject({ hold: null, lastChange: 1 });
  });
});

describe('POST /requests/{id}/priority', () => {
  test('changes what goes first, once for each key', async () => {
    await scene.rows.request({ builder: 'linux' });
    await scene.rows.request({ builder: 'linux' });
    const set = await scene.post('/requests/2/priority', { priority: 5 });
    expect(set).toMatchObject({ status: 200, body: { priority: 5 } });
    const queue: { items: { id: number }[] } = (await scene.get('/requests?state=pending&sort=-priority'))
      .body;
    expect(queue.items.map(({ id }) => id)).toEqual([2, 1]);
    expect((await scene.post('/requests/2/priority', { priority: 5_000 })).status).toBe(400);
  });
});
