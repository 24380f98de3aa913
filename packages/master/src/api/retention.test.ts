import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { ApiScene } from '@millrace/testkit/api-scene';
import { dayMs } from '../model/retention.ts';
import { Retention } from '../retention/retention.ts';
import { takeLease } from '../store/operations/leases.ts';

let scene: ApiScene;
beforeEach(() => {
  scene = new ApiScene({ config: { retention: { logs: { days: 7 }, events: { days: 7 } } } });
});
afterEach(() => scene[Symbol.asyncDispose]());

/** A red build with a log, eight days ago; answers the log. */
async function oldLog(): Promise<number> {
  const build = await scene.rows.build({ builder: 'linux' });
  await build.startStep(0);
  const log = await build.openLog(0);
  await log.print('some text\n');
  await log.close();
  await build.finishStep(0, 'failure');
  await build.finish('failure');
  await scene.clock.advance(8 * dayMs);
  return log.id;
}

async function pass(): Promise<void> {
  const { store, clock } = scene;
  const taken = await store.do(takeLease, { name: 'retention', holder: 'm', ttlMs: 60_000 });
  const fence = taken.kind === 'held' ? taken.fence : 0;
  const config = { get: () => scene.config };
  const onTrouble = (error: unknown) => scene.troubles.push(error);
  const retention = new Retention({ master: 'm', store, clock, config, onTrouble });
  const done = retention.pass({ name: 'retention', holder: 'm', fence }, new AbortController().signal);
  await clock.advance(10_000);
  await done;
}

describe('GET /retention', () => {
  test('tells what is kept and what is due, and changes nothing', async () => {
    await oldLog();
    const { body } = await scene.get('/retention');
    expect(body).toMatchObject({
      builders: [{ builder: 'linux', logs: { days: 7, count: null }, due: { builds: 0, logs: 1 } }],
      events: { days: 7 },
      changes: { days: 365, due: 0 },
    });
    expect((await scene.get('/retention')).body).toEqual(body);
  });
});

describe('what retention has removed', () => {
  test('a log is answered 410, when and why; the build says so too', async () => {
    const log = await oldLog();
    await pass();
    for (const path of ['/lines', '/raw', '/raw?format=zst', '/follow'])
      expect(await scene.get(`/logs/${log}${path}`), path).toMatchObject({
        status: 410,
        body: { code: 'log-expired', detail: expect.stringMatching(/removed on 20.*older than 7 days/u) },
      });
    expect((await scene.get(`/logs/${log}`)).body).toMatchObject({
      lines: 1,
      expired: { because: 'older than 7 days' },
    });
  });

  test('a cursor from before the oldest event is answered 410, with how to go on', async () => {
    const { nextCursor: cursor } = (
      await scene.get('/events?limit=1', { headers: { accept: 'application/json' } })
    ).body as { nextCursor: string };
    await oldLog();
    await pass();
    for (const accept of ['application/json', 'text/event-stream']) {
      expect(await scene.get(`/events?after=${cursor}`, { headers: { accept } }), accept).toMatchObject({
        status: 410,
        body: { code: 'cursor-expired', detail: expect.stringContaining('`start`') },
      });
    }
    const kept = await scene.get('/events?after=start', { headers: { accept: 'application/json' } });
    expect(kept.status).toBe(200);
  });
});
