import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { ApiScene } from '@millrace/testkit/api-scene';

let scene: ApiScene;
beforeEach(() => {
  scene = new ApiScene();
});
afterEach(() => scene[Symbol.asyncDispose]());

describe('GET /requests', () => {
  test('lists newest first, narrowed by state and builder', async () => {
    const build = await scene.rows.build({ builder: 'linux' });
    await build.finish('success');
    await scene.rows.build({ builder: 'linux' });
    await scene.rows.request({ builder: 'windows' });
    const ids = async (query: string) => {
      const page: { items: { id: number }[] } = (await scene.get(`/requests${query}`)).body;
      return page.items.map(({ id }) => id);
    };
    expect(await ids('')).toEqual([3, 2, 1]);
    expect(await ids('?state=pending')).toEqual([3]);
    expect(await ids('?state=claimed,finished&builder=linux')).toEqual([2, 1]);
    expect(await ids('?limit=1')).toEqual([3]);
    expect(await scene.get('/requests?state=waiting')).toMatchObject({
      status: 400,
      body: { errors: [{ field: 'state' }] },
    });
  });

  test('one that waits says why', async () => {
    await scene.rows.request({ builder: 'linux' });
    expect((await scene.get('/requests/1')).body).toMatchObject({
      state: 'pending',
      waitsFor: expect.stringMatching(/\.$/u),
    });
    expect(await scene.get('/requests/2')).toMatchObject({ status: 404, body: { code: 'unknown-request' } });
  });
});

describe('POST /requests/{id}/cancel', () => {
  test('ends one that waits, and asks for the end of one that runs', async () => {
    await scene.rows.request({ builder: 'linux' });
    expect(await scene.post('/requests/1/cancel')).toMatchObject({
      status: 202,
      body: { state: 'finished', result: 'cancelled' },
    });
    expect((await scene.post('/requests/1/cancel')).status).toBe(202);
    const build = await scene.rows.build({ builder: 'linux' });
    expect(await scene.post('/requests/2/cancel')).toMatchObject({ status: 202, body: { state: 'claimed' } });
    expect((await scene.get('/builds/1')).body).toMatchObject({ cancelling: true });
    await build.finish('success');
    expect(await scene.post('/requests/2/cancel')).toMatchObject({
      status: 409,
      body: { code: 'request-finished' },
    });
    expect((await scene.post('/requests/9/cancel')).status).toBe(404);
  });
});

describe('GET /buildsets/{id}', () => {
  test('has its requests, and ends with the worst of their results', async () => {
    const build = await scene.rows.build({ builder: 'linux', reason: 'Because', scheduler: 'on-main' });
    expect((await scene.get('/buildsets/1')).body).toMatchObject({
      reason: 'Because',
      scheduler: 'on-main',
      state: 'waiting',
      result: null,
      requests: [{ id: 1, state: 'claimed', build: 1 }],
    });
    await build.finish('warnings');
    expect((await scene.get('/buildsets/1')).body).toMatchObject({ state: 'finished', result: 'warnings' });
    expect(await scene.get('/buildsets/2')).toMatchObject({
      status: 404,
      body: { code: 'unknown-buildset' },
    });
  });
});
