import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { ApiScene } from '@millrace/testkit/api-scene';
import { revisionOf } from '@millrace/testkit/rows';

const change = { repository: 'app', branch: 'main', revision: revisionOf('e') };

let scene: ApiScene;
beforeEach(() => {
  scene = new ApiScene();
});
afterEach(() => scene[Symbol.asyncDispose]());

describe('POST /changes', () => {
  test('adds a change once, however often it is told', async () => {
    const told = { ...change, author: 'Ada', message: 'Mend it', committedAt: 5, files: ['a.ts'] };
    const added = await scene.post('/changes', told);
    expect(added).toMatchObject({ status: 201, body: { id: 1, ...told, seenAt: scene.clock.now() } });
    expect(await scene.post('/changes', told)).toMatchObject({ status: 200, body: { id: 1 } });
    expect(await scene.post('/changes', { ...change, branch: 'other' })).toMatchObject({
      status: 201,
      body: { author: '', message: '', files: [], committedAt: scene.clock.now() },
    });
  });

  test('a repeat with its key gets the first answer, another call with it none', async () => {
    const headers = { 'idempotency-key': 'k' };
    expect((await scene.post('/changes', change, { headers })).status).toBe(201);
    expect((await scene.post('/changes', change, { headers })).status).toBe(201);
    expect(await scene.post('/changes', { ...change, branch: 'x' }, { headers })).toMatchObject({
      status: 409,
      body: { code: 'idempotency-key-used' },
    });
  });

  test.each([
    [{ ...change, repository: 'ap' }, 422, 'repository'],
    [{ ...change, revision: 'main' }, 400, 'revision'],
    [{ ...change, branch: undefined }, 400, 'branch'],
    [{ ...change, files: [1] }, 400, 'files.0'],
    [{ ...change, commitedAt: 5 }, 400, 'commitedAt'],
  ])('refuses %j', async (body, status, field) => {
    expect(await scene.post('/changes', body)).toMatchObject({ status, body: { errors: [{ field }] } });
  });
});

describe('GET /changes', () => {
  test('lists newest first, narrowed by repository and branch', async () => {
    await scene.post('/changes', change);
    await scene.post('/changes', { ...change, branch: 'other' });
    expect((await scene.get('/changes')).body).toMatchObject({ items: [{ id: 2 }, { id: 1 }] });
    expect((await scene.get('/changes?repository=app&branch=main')).body).toMatchObject({
      items: [{ id: 1 }],
    });
    const page: { nextCursor: string } = (await scene.get('/changes?limit=1')).body;
    expect((await scene.get(`/changes?cursor=${page.nextCursor}`)).body).toMatchObject({
      items: [{ id: 1 }],
    });
    expect((await scene.get('/changes?writer=Ada')).status).toBe(400);
  });
});
