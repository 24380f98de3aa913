import type { Stall } from '@millrace/protocol/api/profiles';
import { expect, test } from 'vitest';
import type { CpuProfile } from '../cpu-profile.ts';
import { FrameFinder } from '../frame-finder.ts';
import type { Beat } from '../heart.ts';
import type { Times } from './messages.ts';
import { Rolling } from './rolling.ts';

const frame = (functionName: string, url = '') => ({ functionName, url, lineNumber: 0, columnNumber: 0 });

/** When the loop is blocked in `merge`, in milliseconds. */
interface Block {
  readonly from: number;
  readonly to: number;
}

const second: Block = { from: 1_001_000, to: 1_002_000 };

/** A sample every 20 ms from `from` to `to`, in milliseconds: idle, but `merge` while it is blocked. */
function sampled(from: number, to: number, isBlocked: (at: number) => boolean): CpuProfile {
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
 * Watches a loop from `from` until `to`, whose heart beats as often as it is told to and has a pulse every 125 ms, with
 * the sampler that it would have: what it told, and when it sampled. `cpu`: the main thread's share of a core while it
 * is not blocked.
 */
async function watch(from: number, to: number, cpu: (at: number) => number, blocked: Block = second) {
  const isBlocked = (at: number): boolean => at >= blocked.from && at < blocked.to;
  let now = from;
  let beat: Beat = {
    atUs: from * 1000,
    dueUs: from * 1000,
    idleUs: 0,
    activeUs: 0,
    gcCount: 0,
    gcUs: 0,
    cpuUs: 0,
  };
  let turned = 0;
  let pulse: Pulse = { at: from + 125, last: from, count: 0, longest: 0 };
  let hurried = false;
  let beatAt = from;
  const told = {
    stalls: [] as Stall[],
    times: [] as Times[],
    started: [] as number[],
    stopped: [] as number[],
  };
  const taken = (): Promise<CpuProfile> => {
    const profile = sampled(turned, now, isBlocked);
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
    pulses: {
      count: () => pulse.count,
      longestUs: () => pulse.longest * 1000,
      reset: () => void (pulse = { ...pulse, count: 0, longest: 0, last: null }),
    },
    onStall: (stall) => told.stalls.push(stall),
    onTimes: (times) => told.times.push(times),
  });
  let lookAt = from;
  let busyUs = 0;
  for (; now <= to; now += stepMs) {
    busyUs += stepMs * 1000 * (isBlocked(now) ? 1 : cpu(now));
    if (now >= pulse.at && !isBlocked(now)) {
      const measured = pulse.last === null ? 0 : now - pulse.last;
      const count = pulse.count + (pulse.last === null ? 0 : 1);
      pulse = { at: now + 125, last: now, count, longest: Math.max(pulse.longest, measured) };
    }
    if (now >= beatAt && !isBlocked(now)) {
      const atUs = now * 1000;
      beatAt = now + (hurried ? 100 : 2_000);
      const idleUs = beat.idleUs + atUs - beat.atUs - busyUs;
      const [activeUs, cpuUs] = [beat.activeUs + busyUs, beat.cpuUs + busyUs];
      beat = { ...beat, atUs, dueUs: beatAt * 1000, idleUs, activeUs, cpuUs };
      busyUs = 0;
    }
    if (now < lookAt) continue;
    await rolling.look();
    lookAt = now + rolling.restMs;
    if (hurried === rolling.rests) beatAt = now;
    hurried = !rolling.rests;
  }
  return told;
}

const stepMs = 5;

/** In milliseconds; null: the next one is not measured. */
interface Pulse {
  readonly at: number;
  readonly last: number | null;
  readonly count: number;
  readonly longest: number;
}

const stall = { room: 'logs', function: 'merge master/src/logs/log-merger.ts' };

test('a stall is told with what was done during it and before, while the main thread has work', async () => {
  const { stalls, times, started, stopped } = await watch(960_000, 1_010_000, () => 0.2);
  expect(stalls).toMatchObject([{ ...stall, ms: expect.closeTo(1_000, -2) as number }]);
  expect(stalls[0]?.before[0]?.room).toBe('idle');
  expect(stalls[0]?.before[0]?.share).toBeGreaterThan(0.9);
  expect(stalls[0]?.during[0]?.share).toBeGreaterThan(0.9);
  expect(stalls[0]?.samples).toBeGreaterThan(40);
  // Work that lasts is known by two beats or three.
  expect(started).toHaveLength(1);
  expect(started[0]).toBeGreaterThan(963_000);
  expect(started[0]).toBeLessThan(967_000);
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
  expect(started).toHaveLength(1);
  expect(started[0]).toBeLessThan(second.from + 205);
  // It was told, and the sampler rests again.
  expect(stopped).toHaveLength(1);
  expect(times[0]).toEqual({
    ms: expect.closeTo(20_050, -2) as number,
    busyMs: expect.closeTo(100, 0),
    rooms: {},
  });
});

test('after a rest the sampler is there before a stall of a quarter of a second is over, whenever it begins', async () => {
  for (let from = 30_000; from < 30_130; from += 10) {
    const { stalls, started } = await watch(0, 40_000, () => 0.005, { from, to: from + 250 });
    expect(started).toHaveLength(1);
    expect(started[0]).toBeLessThanOrEqual(from + 205);
    expect(stalls).toMatchObject([{ ms: expect.closeTo(250, -2) as number, room: 'logs' }]);
  }
});

test('much work in the two seconds between two beats is no stall', async () => {
  const { stalls } = await watch(0, 60_000, (at) => (at > 31_000 && at < 33_000 ? 0.5 : 0.005), {
    from: 0,
    to: 0,
  });
  expect(stalls).toEqual([]);
});

test('times add up to what has passed, sampled or not', async () => {
  const { times, started, stopped } = await watch(0, 100_000, (at) => (at < 50_000 ? 0.005 : 0.2));
  expect(started).toHaveLength(1);
  expect(stopped).toEqual([]);
  const told = times.reduce((sum, { ms }) => sum + ms, 0);
  expect(told).toBeGreaterThan(79_000);
  expect(told).toBeLessThanOrEqual(100_000);
});
