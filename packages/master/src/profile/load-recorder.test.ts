import { FakeClock } from '@millrace/testkit/fake-clock';
import { configOf } from '@millrace/testkit/configs';
import { SeededRandom } from '@millrace/testkit/seeded-random';
import { expect, test } from 'vitest';
import { readLoad } from '../store/operations/load.ts';
import { openSqliteInPlace } from '../store/sqlite/in-place.ts';
import type { Beat } from './heart.ts';
import { LoadRecorder } from './load-recorder.ts';

test('each minute has a row, by what the watcher told of it and else by the runtime', async () => {
  // 20 seconds into a minute.
  const clock = new FakeClock(1_700_000_000_000);
  const first = Math.floor(clock.now() / 60_000);
  const store = openSqliteInPlace({ folder: null, clock, random: new SeededRandom(1) });
  let beat: Beat = { atUs: 0, dueUs: 0, idleUs: 0, activeUs: 0, gcCount: 0, gcUs: 0, cpuUs: 0 };
  const troubles: unknown[] = [];
  const recorder = new LoadRecorder({
    master: 'm1',
    version: '1',
    store,
    clock,
    config: { get: () => configOf('g1', []) },
    beat: () => beat,
    delay: { take: () => ({ p50: 1, p99: 2, max: 3 }) },
    residentBytes: () => 1_000,
    onTrouble: (error) => troubles.push(error),
  });
  const stop = new AbortController();
  const running = recorder.run(stop.signal);

  recorder.addTimes({ ms: 10_000, busyMs: 2_000, rooms: { api: 1_500, logs: 500 } });
  // While the sampler rested.
  recorder.addTimes({ ms: 10_000, busyMs: 100, rooms: {} });
  recorder.addStall();
  await clock.advance(60_000);
  beat = { atUs: 60e6, dueUs: 62e6, idleUs: 45e6, activeUs: 15e6, gcCount: 4, gcUs: 2_000, cpuUs: 14e6 };
  await clock.advance(60_000);
  stop.abort();
  await running;

  const rows = await store.do(readLoad, { master: 'm1', from: 0, to: first + 10, limit: 10 });
  expect(rows).toMatchObject([
    { minute: first, started: true, busyShare: 0.105, rooms: { api: 0.75, logs: 0.25 }, stalls: 1 },
    { minute: first + 1, started: false, busyShare: 0.25, rooms: {}, stalls: 0, gcMs: 2, generation: 'g1' },
  ]);
  expect(troubles).toEqual([]);
  await store.close();
});
