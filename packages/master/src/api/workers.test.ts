import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { startMasterRow } from '../store/operations/masters.ts';
import { ApiScene } from '@millrace/testkit/api-scene';

let scene: ApiScene;
beforeEach(() => {
  scene = new ApiScene();
});
afterEach(() => scene[Symbol.asyncDispose]());

describe('GET /workers', () => {
  test('lists those of the config, also those that never came', async () => {
    await scene.rows.build({ builder: 'linux', worker: 'w1' });
    expect((await scene.get('/workers')).body).toMatchObject({
      items: [
        { name: 'w1', connected: true, accepts: true, slots: 4, builds: [1], facts: { os: 'linux' } },
        { name: 'w2', connected: false, accepts: false, message: 'It has never connected.', slots: 0 },
      ],
      nextCursor: null,
    });
    expect((await scene.get('/workers/w1')).body).toMatchObject({ name: 'w1', master: 'm1' });
    expect(await scene.get('/workers/w3')).toMatchObject({ status: 404, body: { code: 'unknown-worker' } });
    expect((await scene.get('/workers?x=1')).status).toBe(400);
  });
});

describe('GET /schedulers and /masters', () => {
  test('list what decides', async () => {
    await scene.store.do(startMasterRow, { master: 'm1', incarnation: 'i', beatMs: 1_000 });
    expect((await scene.get('/schedulers')).body).toMatchObject({
      items: [
        { name: 'on-main', kind: 'on-change', repository: 'app', branches: ['main'], builders: ['linux'] },
      ],
    });
    expect((await scene.get('/masters')).body).toMatchObject({
      items: [{ name: 'm1', startedAt: scene.clock.now(), stoppedAt: null }],
    });
  });
});
