import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Build, BuildDetail, Forced, Step } from '@millrace/protocol/api/builds';
import { ApiScene } from '@millrace/testkit/api-scene';
import { revisionOf } from '@millrace/testkit/rows';

interface Page<Item> {
  readonly items: readonly Item[];
  readonly nextCursor: string | null;
}

const source = { repository: 'app', branch: 'main', revision: revisionOf('b') };

let scene: ApiScene;
beforeEach(() => {
  scene = new ApiScene();
});
afterEach(() => scene[Symbol.asyncDispose]());

/** Builds 1 to `count`, all but the last finished. */
async function builds(count: number): Promise<void> {
  for (let made = 1; made <= count; made++) {
    const build = await scene.rows.build({ builder: made % 2 ? 'linux' : 'windows', source });
    if (made < count) await build.finish(made % 3 ? 'success' : 'failure');
  }
}

const ids = (page: Page<Build>): number[] => page.items.map((build) => build.id);

describe('GET /builds', () => {
  test('lists newest first, with the names that scripts rely on', async () => {
    await builds(2);
    const page: Page<Build> = (await scene.get('/builds')).body;
    expect(page.nextCursor).toBeNull();
    expect(page.items).toEqual([
      expect.objectContaining({
        id: 2,
        builder: 'windows',
        number: 1,
        state: 'running',
        result: null,
        reason: null,
        worker: 'w1',
        branch: 'main',
        revision: revisionOf('b'),
        startedAt: scene.clock.now(),
        finishedAt: null,
      }),
      expect.objectContaining({ id: 1, builder: 'linux', state: 'finished', result: 'success' }),
    ]);
  });

  test('is read to its end by cursors, whatever is added meanwhile', async () => {
    await builds(5);
    const first: Page<Build> = (await scene.get('/builds?limit=2')).body;
    expect(ids(first)).toEqual([5, 4]);
    await scene.rows.build({ builder: 'linux', slot: 1 });
    const second: Page<Build> = (await scene.get(`/builds?limit=2&cursor=${first.nextCursor}`)).body;
    expect(ids(second)).toEqual([3, 2]);
    const third: Page<Build> = (await scene.get(`/builds?limit=2&cursor=${second.nextCursor}`)).body;
    expect(third).toMatchObject({ items: [{ id: 1 }], nextCursor: null });
  });

  test.each([
    ['builder=linux', [5, 3, 1]],
    ['builder=linux&number=2', [3]],
    ['state=running', [5]],
    ['state=finished,running', [5, 4, 3, 2, 1]],
    ['result=failure', [3]],
    ['result=failure,success&builder=windows', [4, 2]],
    ['worker=w1', [5, 4, 3, 2, 1]],
    ['worker=w2', []],
    ['branch=main', [5, 4, 3, 2, 1]],
    ['branch=other', []],
    [`revision=${revisionOf('b')}&limit=1`, [5]],
    ['request=4', [4]],
  ])('is narrowed by %s', async (query, expected) => {
    await builds(5);
    expect(ids((await scene.get(`/builds?${query}`)).body)).toEqual(expected);
  });

  test.each([
    ['limit=0', 'limit'],
    ['limit=5001', 'limit'],
    ['startedAfter=yesterday', 'startedAfter'],
    ['finishedBefore=-1', 'finishedBefore'],
    ['fields=id,speed', 'fields'],
    ['include=steps', 'include'],
    ['limit=1&limit=2', 'limit'],
    ['state=done', 'state'],
    ['result=', 'result'],
    ['worke=w1', 'worke'],
    ['cursor=x', 'cursor'],
  ])('refuses %s by name', async (query, field) => {
    expect(await scene.get(`/builds?${query}`)).toMatchObject({ status: 400, body: { errors: [{ field }] } });
  });

  /** When each of the builds 1 to `count` began, a second after the one before. */
  async function begun(count: number): Promise<readonly number[]> {
    const times: number[] = [];
    for (let made = 0; made < count; made++) {
      times.push(scene.clock.now());
      const build = await scene.rows.build({ builder: made % 2 ? 'linux' : 'windows', properties: { made } });
      await build.finish('success');
      await scene.clock.advance(1_000);
    }
    return times;
  }

  test('is narrowed by when builds began and ended, and read to the end in the order of that time', async () => {
    const [, second = 0, third = 0] = await begun(4);
    expect(ids((await scene.get(`/builds?startedAfter=${second}`)).body)).toEqual([4, 3, 2]);
    expect(ids((await scene.get(`/builds?startedAfter=${second}&startedBefore=${third}`)).body)).toEqual([2]);
    expect(ids((await scene.get(`/builds?startedAfter=${second}&sort=startedAt`)).body)).toEqual([2, 3, 4]);
    expect(ids((await scene.get(`/builds?finishedBefore=${third}`)).body)).toEqual([2, 1]);
    expect(ids((await scene.get(`/builds?finishedAfter=${third}&builder=linux`)).body)).toEqual([4]);
    const query = `/builds?startedAfter=${second}&limit=2`;
    const first: Page<Build> = (await scene.get(query)).body;
    expect(ids((await scene.get(`${query}&cursor=${first.nextCursor}`)).body)).toEqual([2]);
  });

  test('tells the fields that are asked for, and goes on by cursors whatever they are', async () => {
    await begun(3);
    expect((await scene.get('/builds?fields=number,builder,number&limit=1')).body).toEqual({
      items: [{ builder: 'windows', number: 2 }],
      nextCursor: expect.any(String),
    });
    const first = (await scene.get('/builds?fields=worker,subject&limit=2')).body as Page<Build>;
    expect(first.items).toEqual([
      { worker: 'w1', subject: null },
      { worker: 'w1', subject: null },
    ]);
    const rest = await scene.get(`/builds?fields=id&limit=2&cursor=${first.nextCursor}`);
    expect(rest.body).toEqual({ items: [{ id: 1 }], nextCursor: null });
    const brief = 'id,builder,number,state,result,startedAt,finishedAt';
    const [whole, some] = [
      await scene.get('/builds?limit=1'),
      await scene.get(`/builds?limit=1&fields=${brief}`),
    ];
    const [item] = (some.body as Page<Build>).items;
    expect(Object.keys(item ?? {})).toEqual(brief.split(','));
    expect(whole.body).toMatchObject(some.body);
  });

  test('brings properties where they are asked for', async () => {
    await begun(2);
    const of = (value: number) => [{ name: 'made', value, source: 'buildset' }];
    expect((await scene.get('/builds?include=properties&fields=id')).body).toEqual({
      items: [
        { id: 2, properties: of(1) },
        { id: 1, properties: of(0) },
      ],
      nextCursor: null,
    });
    expect((await scene.get('/builds')).body).not.toHaveProperty('items.0.properties');
  });

  test('a part ends where properties are long, and the next goes on there', async () => {
    const long = 'x'.repeat(60_000);
    const properties = Object.fromEntries(Array.from({ length: 15 }, (_, at) => [`long${at}`, long]));
    for (let made = 0; made < 101; made++) {
      const build = await scene.rows.build({ builder: 'linux', ...(made > 80 && { properties }) });
      await build.finish('success');
    }
    const query = '/builds?include=properties&fields=id&limit=200';
    const first = (await scene.get(query)).body as Page<Build>;
    expect(first.items).toHaveLength(100);
    const rest = (await scene.get(`${query}&cursor=${first.nextCursor}`)).body;
    expect(rest).toEqual({ items: [{ id: 1, properties: [] }], nextCursor: null });
  });

  test('a cursor of another list or another store is told', async () => {
    await builds(2);
    const page: Page<Build> = (await scene.get('/builds?limit=1')).body;
    expect(await scene.get(`/requests?cursor=${page.nextCursor}`)).toMatchObject({
      status: 400,
      body: { code: 'cursor-malformed' },
    });
    const other = Buffer.from(JSON.stringify(['another epoch', 'builds by -id', 2, 2])).toString('base64url');
    expect(await scene.get(`/builds?cursor=${other}`)).toMatchObject({
      status: 410,
      body: { code: 'cursor-epoch' },
    });
  });
});

describe('GET /builds/{id}', () => {
  test('has everything that a page about it needs', async () => {
    const build = await scene.rows.build({
      builder: 'linux',
      source,
      properties: { colour: 'blue', jobs: 4 },
    });
    await scene.post('/changes', { ...source, author: 'Ada', message: 'Mend it', committedAt: 5 });
    await build.startStep(0);
    const log = await build.openLog(0);
    await log.print('hello\n');
    await log.close();
    await build.finishStep(0, 'failure', { exitCode: 2 });
    const detail: BuildDetail = (await scene.get('/builds/1')).body;
    expect(detail).toMatchObject({
      id: 1,
      state: 'running',
      buildset: { id: 1, reason: 'A test', scheduler: null },
      attempts: [{ id: 1, number: 1, result: null, reason: null }],
      change: { author: 'Ada', message: 'Mend it', committedAt: 5 },
      properties: [
        { name: 'colour', value: 'blue', source: 'buildset' },
        { name: 'jobs', value: 4, source: 'buildset' },
      ],
    });
    expect(detail.steps.map((step) => [step.name, step.state, step.result, step.exitCode])).toEqual([
      ['compile', 'finished', 'failure', 2],
      ['test', 'pending', null, null],
    ]);
    expect(detail.steps[0]?.logs).toEqual([
      { id: log.id, name: 'output', stream: 'combined', state: 'closed', lines: 1, bytes: 6, expired: null },
    ]);
  });

  test('steps whose turn never came are skipped once the build has ended', async () => {
    const build = await scene.rows.build({ builder: 'linux', steps: ['one', 'two'] });
    await build.startStep(0);
    await build.finishStep(0, 'cancelled');
    await build.finish('cancelled', 'cancelled');
    const steps: Page<Step> = (await scene.get('/builds/1/steps')).body;
    expect(
      steps.items.map(({ index, name, kind, state, result }) => ({ index, name, kind, state, result })),
    ).toEqual([
      { index: 0, name: 'one', kind: 'sh', state: 'finished', result: 'cancelled' },
      { index: 1, name: 'two', kind: 'sh', state: 'finished', result: 'skipped' },
    ]);
  });

  test.each(['', '/steps'])('one that is not there is told, at %s', async (part) => {
    expect(await scene.get(`/builds/7${part}`)).toMatchObject({
      status: 404,
      body: { code: 'unknown-build', detail: 'There is no build 7.' },
    });
    expect(await scene.get(`/builds/seven${part}`)).toMatchObject({
      status: 400,
      body: { errors: [{ field: 'id' }] },
    });
  });
});

describe('POST /builds/{id}/cancel', () => {
  test('asks the worker, may be repeated, and says when it is too late', async () => {
    const build = await scene.rows.build({ builder: 'linux' });
    const message = 'It hangs.';
    expect(await scene.post('/builds/1/cancel', { message })).toMatchObject({
      status: 202,
      body: { state: 'running', cancelling: true },
    });
    expect((await scene.post('/builds/1/cancel')).status).toBe(202);
    await build.finish('cancelled', 'cancelled');
    expect(await scene.post('/builds/1/cancel')).toMatchObject({
      status: 202,
      body: { result: 'cancelled' },
    });
    const other = await scene.rows.build({ builder: 'linux' });
    await other.finish('success');
    expect(await scene.post('/builds/2/cancel')).toMatchObject({
      status: 409,
      body: { code: 'build-finished' },
    });
    expect((await scene.post('/builds/9/cancel')).status).toBe(404);
    expect(await scene.post('/builds/1/cancel', { mesage: '' })).toMatchObject({
      status: 400,
      body: { errors: [{ field: 'mesage', message: 'is not known here; known: message' }] },
    });
  });
});

describe('POST /builds/{id}/retry', () => {
  test('builds the same source with the same properties again, once a key', async () => {
    const build = await scene.rows.build({ builder: 'linux', source, properties: { colour: 'blue' } });
    await build.finish('failure');
    const headers = { 'idempotency-key': 'k1' };
    const first: Forced = (await scene.post('/builds/1/retry', {}, { headers })).body;
    expect(first).toEqual({ buildset: 2, requests: [2], revision: revisionOf('b') });
    expect((await scene.post('/builds/1/retry', {}, { headers })).body).toEqual(first);
    expect((await scene.get('/buildsets/2')).body).toMatchObject({
      ...source,
      properties: { colour: 'blue' },
      reason: 'Retry of linux #1',
    });
    expect(await scene.post('/builds/1/retry')).toMatchObject({ status: 201, body: { buildset: 3 } });
  });

  test('a builder that the config has no more is told', async () => {
    await scene.rows.build({ builder: 'lynux' });
    expect(await scene.post('/builds/1/retry')).toMatchObject({
      status: 422,
      body: {
        code: 'unknown-builder',
        detail: 'There is no builder "lynux". The config knows "linux", "windows", "clean".',
      },
    });
    expect((await scene.post('/builds/9/retry')).status).toBe(404);
  });
});
