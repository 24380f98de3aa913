import { configOf } from '@millrace/testkit/configs';
import { ApiScene } from '@millrace/testkit/api-scene';
import { MillraceError } from '@millrace/kernel/errors';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { ReloadAsked } from '../reloading/reloader.ts';
import { enterGeneration } from '../store/operations/generations.ts';
import { startMasterRow } from '../store/operations/masters.ts';

let scene: ApiScene;
let asked: ReloadAsked[];
const diff = { settings: [], nouns: [], consequences: [], leftOff: 0 };

beforeEach(() => {
  scene = new ApiScene();
  asked = [];
});
afterEach(() => scene[Symbol.asyncDispose]());

async function enter(generation: string): Promise<void> {
  const config = configOf(generation, ['w1']);
  await scene.store.do(enterGeneration, {
    master: 'm1',
    how: 'reload',
    by: 'ann',
    before: null,
    generation,
    counts: { added: 0, changed: 1, removed: 0 },
    diff: { ...diff, settings: [{ path: 'lostAfterMs', before: '1', after: '2' }] },
    config: JSON.stringify(config),
    schedulers: [],
    workers: ['w1'],
    departed: [],
    repositoriesGone: [],
    graceAnew: false,
    patient: false,
  });
}

describe('GET /masters/{name}/generations', () => {
  test('lists the configs that were in force, newest first, page by page', async () => {
    for (const generation of ['g1', 'g2', 'g3']) await enter(generation);
    const first = await scene.get('/masters/m1/generations?limit=2');
    const page: { items: { generation: string }[]; nextCursor: string } = first.body;
    expect(page.items).toMatchObject([
      {
        generation: 'g3',
        by: 'ann',
        how: 'reload',
        counts: { changed: 1 },
        diff: { settings: [{ after: '2' }] },
      },
      { generation: 'g2' },
    ]);
    const rest = await scene.get(`/masters/m1/generations?limit=2&cursor=${page.nextCursor}`);
    expect(rest.body).toMatchObject({ items: [{ generation: 'g1' }], nextCursor: null });
    expect(await scene.get('/masters/m2/generations')).toMatchObject({ status: 404 });
  });
});

describe('POST /masters/{name}/reload', () => {
  test('lets the master read its config again, and tells what that changes', async () => {
    scene.reload = (what) => {
      asked.push(what);
      return Promise.resolve({
        kind: what.dryRun ? 'checked' : 'reloaded',
        file: 'c.ts',
        before: 'g1',
        after: 'g2',
        diff,
      });
    };
    expect(await scene.post('/masters/m1/reload', { dryRun: true })).toMatchObject({
      status: 200,
      body: { kind: 'checked' },
    });
    expect(await scene.post('/masters/m1/reload')).toMatchObject({
      status: 200,
      body: { kind: 'reloaded', before: 'g1', after: 'g2', diff },
    });
    expect(asked).toEqual([
      { by: null, dryRun: true },
      { by: null, dryRun: false },
    ]);
  });

  test('says where a config has a mistake and what it is', async () => {
    scene.reload = () =>
      Promise.resolve({
        kind: 'refused',
        code: 'config-invalid',
        file: '/ci/c.ts',
        problems: [
          { path: 'builders[0].workers[0]', message: 'unknown worker "w9"' },
          { path: '', message: 'no such thing', file: '/ci/c.ts', line: 3, column: 7 },
        ],
      });
    expect(await scene.post('/masters/m1/reload')).toMatchObject({
      status: 409,
      body: {
        code: 'config-invalid',
        detail: 'Nothing was changed: /ci/c.ts has 2 problems.',
        errors: [
          { field: 'builders[0].workers[0]', message: 'unknown worker "w9"' },
          { field: '/ci/c.ts:3:7', message: 'no such thing' },
        ],
      },
    });
  });

  test('is for this master alone, and not for crowds', async () => {
    await scene.store.do(startMasterRow, { master: 'm2', incarnation: 'i', beatMs: 1_000 });
    expect(await scene.post('/masters/m2/reload')).toMatchObject({
      status: 409,
      body: { code: 'other-master' },
    });
    expect(await scene.post('/masters/m3/reload')).toMatchObject({
      status: 404,
      body: { code: 'unknown-master' },
    });
    scene.reload = () => Promise.reject(new MillraceError('reload-busy', '16 reloads wait already.'));
    expect(await scene.post('/masters/m1/reload')).toMatchObject({
      status: 503,
      body: { code: 'reload-busy' },
    });
  });
});
