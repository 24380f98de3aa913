import { FakeClock } from '@millrace/testkit/fake-clock';
import { expect, test } from 'vitest';
import { LimitClocks } from './limit-clocks.ts';

function clocks(limits: { noOutputMs?: number; totalMs?: number }): {
  clock: FakeClock;
  limit: LimitClocks;
  hit: [string, number][];
} {
  const clock = new FakeClock();
  const hit: [string, number][] = [];
  const limit = new LimitClocks(clock, limits, (which) => hit.push([which, clock.monotonicMs()]));
  return { clock, limit, hit };
}

test('silence is counted from the last output, the total from the start', async () => {
  const { clock, limit, hit } = clocks({ noOutputMs: 100, totalMs: 250 });
  limit.start();
  for (let turn = 0; turn < 3; turn++) {
    await clock.advance(90);
    limit.output();
  }
  await clock.advance(1_000);
  expect(hit).toEqual([['total', 250]]);
  expect(clock.pending).toBe(0);
});

test('time in which the clocks are stopped does not count', async () => {
  const { clock, limit, hit } = clocks({ noOutputMs: 100, totalMs: 1_000 });
  limit.start();
  await clock.advance(60);
  limit.stop();
  await clock.advance(10_000);
  limit.start();
  await clock.advance(39);
  expect(hit).toEqual([]);
  await clock.advance(1);
  expect(hit).toEqual([['no-output', 10_100]]);
});

test('a step without limits has no timer, and a very long limit does not fire at once', async () => {
  const none = clocks({});
  none.limit.start();
  expect(none.clock.pending).toBe(0);
  const long = clocks({ totalMs: 2 ** 33 });
  long.limit.start();
  await long.clock.advance(2 ** 33 - 1);
  expect(long.hit).toEqual([]);
  await long.clock.advance(1);
  expect(long.hit).toHaveLength(1);
});
