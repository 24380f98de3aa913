import type { Stall } from '@millrace/protocol/api/profiles';
import { expect, test } from 'vitest';
import type { CpuProfile } from '../cpu-profile.ts';
import { FrameFinder } from '../frame-finder.ts';
import type { Beat } from '../heart.ts';
import type { Times } from './messages.ts';
import { Rolling } from './rolling.ts';

const frame = (functionName: string, url = '') => ({ functionName, url, lineNumber: 0, columnNumber: 0 });

/** The loop is blocked in `merge`, in milliseconds. */
const blocked = { from: 1_001_000, to: 1_002_000 };
const isBlocked = (at: number): boolean => at >= blocked.from && at < blocked.to;

/** A sample every 20 ms from `from` to `to`, in milliseconds: idle, but `merge` while it is blocked. */
function sampled(from: number, to: number): CpuProfile {
  const count = (to - from) / 20;
  const at = (index: number): number => from + index * 20;
  return {
    nodes: [
      { id: 1, callFrame: frame('(root)'), children: [2, 3] },
      { id: 2, callFrame: frame('(idle)') },
      { id: 3, callFrame: frame('merge', 'file:///ci/packages/master/src/logs/log-merger.ts') },
    ],
    startTime: from * 1000,
    endTime: to * 1000,
    samples: Array.from({ length: count }, (_, index) => (isBlocked(at(index)) ? 3 : 2)),
    timeDeltas: Array.from({ length: count }, (_, index) => (index === 0 ? 0 : 20_000)),
  };
}

/**
 * Watches a loop whose heart beats every 100 ms from `from` until `to`, with the sampler that it would have: what it
 * told, and when it sampled. `cpu`: the main thread's share of a core while it is not blocked.
 */
async function watch(from: number, to: number, cpu: (at: number) => number) {
  let now = from;
  let beat: Beat = { atUs: from * 1000, idleUs: 0, activeUs: 0, gcCount: 0, gcUs: 0, cpuUs: 0 };
  let turned = 0;
  const told = {
    stalls: [] as Stall[],
    times: [] as Times[],
    started: [] as number[],
    stopped: [] as number[],
  };
  const taken = (): Promise<CpuProfile> => {
    const profile = sampled(turned, now);
    turned = now;
    return Promise.resolve(profile);
  };
  const rolling = new Rolling({
    finder: new FrameFinder(() => undefined),
    sampler: {
      start: () => {
        turned = now;
        told.started.push(now);
        return Promise.resolve();
      },
      turn: taken,
      stop: () => {
        told.stopped.push(now);
        return taken();
      },
    },
    nowUs: () => now * 1000,
    now: () => 5_000_000 + now,
    beat: () => beat,
    onStall: (stall) => told.stalls.push(stall),
    onTimes: (times) => told.times.push(times),
  });
  let lookAt = from;
  for (; now <= to; now += 25) {
    if (now % 100 === 0 && now > from && !isBlocked(now)) {
      const us = now * 1000 - beat.atUs;
      const busyUs = us > 100_000 ? us - 100_000 : us * cpu(now);
      const { idleUs, activeUs, cpuUs } = beat;
      const atUs = now * 1000;
      beat = {
        ...beat,
        atUs,
        idleUs: idleUs + us - busyUs,
        activeUs: activeUs + busyUs,
        cpuUs: cpuUs + busyUs,
      };
    }
    if (now < lookAt) continue;
    await rolling.look();
    lookAt = now + rolling.restMs;
  }
  return told;
}

const stall = { room: 'logs', function: 'merge master/src/logs/log-merger.ts' };

test('a stall is told with what was done during it and before, while the main thread has work', async () => {
  const { stalls, times, started, stopped } = await watch(960_000, 1_010_000, () => 0.2);
  expect(stalls).toMatchObject([{ ...stall, ms: 1_000, before: [{ room: 'idle', share: 1 }] }]);
  expect(stalls[0]?.during[0]?.share).toBeGreaterThan(0.9);
  expect(stalls[0]?.samples).toBeGreaterThan(40);
  expect(started).toEqual([963_050]);
  expect(stopped).toEqual([]);
  expect(times[0]).toMatchObject({ rooms: {} });
  expect(times.reduce((sum, { rooms }) => sum + (rooms['logs'] ?? 0), 0)).toBeGreaterThan(950);
});

test('the first stall after a long rest is sampled from when the beat is late, and told as well', async () => {
  const { stalls, started, stopped, times } = await watch(600_000, 1_020_000, () => 0.005);
  expect(stalls).toMatchObject([
    { ...stall, during: [{ room: 'logs', share: 1 }], before: [{ room: 'idle', share: 1 }] },
  ]);
  expect(stalls[0]?.samples).toBeGreaterThan(40);
  expect(started).toEqual([blocked.from + 50]);
  // It was told, and the sampler rests again.
  expect(stopped).toHaveLength(1);
  expect(times[0]).toEqual({ ms: 20_050, busyMs: expect.closeTo(100, 0), rooms: {} });
});

test('times add up to what has passed, sampled or not', async () => {
  const { times, started, stopped } = await watch(0, 100_000, (at) => (at < 50_000 ? 0.005 : 0.2));
  expect(started).toHaveLength(1);
  expect(stopped).toEqual([]);
  const told = times.reduce((sum, { ms }) => sum + ms, 0);
  expect(told).toBeGreaterThan(79_000);
  expect(told).toBeLessThanOrEqual(100_000);
});
