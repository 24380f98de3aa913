import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Builder } from '@millrace/protocol/api/builders';
import type { Forced } from '@millrace/protocol/api/builds';
import { ApiScene } from '@millrace/testkit/api-scene';
import { revisionOf } from '@millrace/testkit/rows';

let scene: ApiScene;
beforeEach(() => {
  scene = new ApiScene();
});
afterEach(() => scene[Symbol.asyncDispose]());

const force = (name: string, body?: unknown, key?: string) =>
  scene.post(
    `/builders/${name}/force`,
    body,
    key === undefined ? {} : { headers: { 'idempotency-key': key } },
  );

describe('GET /builders', () => {
  test("lists them in the config's order, with what goes on there", async () => {
    const build = await scene.rows.build({ builder: 'windows' });
    await build.finish('success');
    await scene.rows.build({ builder: 'windows' });
    await scene.rows.request({ builder: 'windows' });
    const page: { items: Builder[] } = (await scene.get('/builders')).body;
    expect(
      page.items.map(({ name, pending, running, branch, lastBuild }) => [
        name,
        pending,
        running,
        branch,
        lastBuild?.id,
      ]),
    ).toEqual([
      ['linux', 0, 0, 'main', undefined],
      ['windows', 1, 1, 'main', 2],
      ['clean', 0, 0, null, undefined],
    ]);
    const first: { items: Builder[]; nextCursor: string } = (await scene.get('/builders?limit=2')).body;
    expect(await scene.get(`/builders?limit=2&cursor=${first.nextCursor}`)).toMatchObject({
      body: { items: [{ name: 'clean' }], nextCursor: null },
    });
    expect(await scene.get('/builders/windows')).toMatchObject({ body: { name: 'windows', running: 1 } });
  });

  test('one that is not there is told with those that are, the nearest first', async () => {
    expect(await scene.get('/builders/window')).toMatchObject({
      status: 404,
      body: {
        code: 'unknown-builder',
        detail: 'There is no builder "window". The config knows "windows", "linux", "clean".',
      },
    });
  });
});

describe('POST /builders/{name}/force', () => {
  test("without a body takes the usual branch's head, pinned", async () => {
    const forced: Forced = (await force('linux')).body;
    expect(forced).toEqual({ buildset: 1, requests: [1], revision: revisionOf('a') });
    expect(scene.resolved).toEqual(['main']);
    expect((await scene.get('/requests/1')).body).toMatchObject({
      builder: 'linux',
      state: 'pending',
      repository: 'app',
      branch: 'main',
      revision: revisionOf('a'),
      buildsetReason: 'Forced',
    });
  });

  test('takes branch, revision, properties, priority and reason', async () => {
    scene.resolutions.push({ kind: 'found', revision: revisionOf('c'), branch: 'found' });
    const body = {
      branch: 'topic',
      revision: 'cccc',
      properties: { a: 'x', b: 1, c: true },
      priority: 7,
      reason: 'Why',
    };
    expect((await force('linux', body)).status).toBe(201);
    expect(scene.resolved).toEqual(['cccc']);
    expect((await scene.get('/buildsets/1')).body).toMatchObject({
      branch: 'topic',
      revision: revisionOf('c'),
      properties: body.properties,
      reason: 'Why',
      requests: [{ priority: 7 }],
    });
    scene.resolutions.push({ kind: 'found', revision: revisionOf('c'), branch: 'found' });
    await force('linux', { revision: 'cccc' });
    expect((await scene.get('/buildsets/2')).body).toMatchObject({ branch: 'found' });
  });

  test('a repeat with its key gets the first answer, though the branch has gone on', async () => {
    const first = await force('linux', {}, 'k');
    scene.resolutions.push({ kind: 'found', revision: revisionOf('d'), branch: 'main' });
    expect((await force('linux', {}, 'k')).body).toEqual(first.body);
    expect((await scene.get('/requests')).body).toMatchObject({ items: [{ id: 1 }] });
    for (const other of [() => force('linux', { branch: 'x' }, 'k'), () => force('windows', {}, 'k')])
      expect(await other()).toMatchObject({ status: 409, body: { code: 'idempotency-key-used' } });
  });

  test('a revision that does not exist, and a repository that is away, are told', async () => {
    const message = 'The repository "app" has no revision "beef".';
    scene.resolutions.push({ kind: 'not-found', message });
    expect(await force('linux', { revision: 'beef' })).toMatchObject({
      status: 422,
      body: { code: 'unknown-revision', detail: message, errors: [{ field: 'revision', message }] },
    });
    scene.resolutions.push({ kind: 'not-found', message });
    expect(await force('linux')).toMatchObject({ status: 422, body: { errors: [{ field: 'branch' }] } });
    scene.resolutions.push({ kind: 'unreachable', message: 'git took longer than 30 s.' });
    expect(await force('linux')).toMatchObject({ status: 503, body: { code: 'repository-unreachable' } });
    expect((await scene.get('/requests')).body).toMatchObject({ items: [] });
  });

  test('a builder without a repository takes neither branch nor revision', async () => {
    expect(await force('clean', { branch: 'x', revision: 'cafe' })).toMatchObject({
      status: 422,
      body: { code: 'no-repository', errors: [{ field: 'branch' }, { field: 'revision' }] },
    });
    expect(await force('clean')).toMatchObject({ status: 201, body: { revision: null } });
  });

  test('tells everything that is wrong with a body at once', async () => {
    expect(
      await force('linux', { branch: '', prio: 1, priority: 'high', properties: { 'a b': 1, c: null } }),
    ).toMatchObject({
      status: 400,
      body: {
        code: 'invalid-input',
        errors: expect.arrayContaining([
          { field: 'branch', message: expect.any(String) },
          { field: 'prio', message: expect.stringContaining('is not known here') },
          { field: 'priority', message: 'must be a whole number' },
          { field: 'properties.c', message: expect.any(String) },
        ]),
      },
    });
  });

  test('an unknown builder, malformed JSON, another type and too much are told', async () => {
    expect((await force('linus')).body).toMatchObject({ code: 'unknown-builder' });
    expect(await force('linux', '{"branch": ')).toMatchObject({
      status: 400,
      body: { code: 'malformed-json' },
    });
    expect(await force('linux', '[]')).toMatchObject({ status: 400, body: { errors: [{ field: '' }] } });
    expect(await force('linux', { reason: 'x'.repeat(1024 ** 2) })).toMatchObject({
      status: 413,
      body: { code: 'body-too-large' },
    });
    const text = await scene.post('/builders/linux/force', 'branch=x', {
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
    });
    expect(text).toMatchObject({ status: 415, body: { code: 'not-json' } });
    expect((await force('linux', '{"__proto__": {}}')).body).toMatchObject({ code: 'malformed-json' });
  });
});
