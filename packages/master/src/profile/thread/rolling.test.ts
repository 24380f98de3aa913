import type { Stall } from '@millrace/protocol/api/profiles';
import { expect, test } from 'vitest';
import type { CpuProfile } from '../cpu-profile.ts';
import { FrameFinder } from '../frame-finder.ts';
import type { Times } from './messages.ts';
import { Rolling } from './rolling.ts';

const frame = (functionName: string, url = '') => ({ functionName, url, lineNumber: 0, columnNumber: 0 });

/** A sample every 20 ms from `from` to `to`, in milliseconds: idle, but `merge` between 1,000 and 2,000. */
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
    samples: Array.from({ length: count }, (_, index) => (at(index) >= 1000 && at(index) < 2000 ? 3 : 2)),
    timeDeltas: Array.from({ length: count }, (_, index) => (index === 0 ? 0 : 20_000)),
  };
}

test('a stall is told with what was done during it and before, and times add up to what was sampled', async () => {
  let now = 0;
  let beat = 0;
  let turned = 0;
  const stalls: Stall[] = [];
  const times: Times[] = [];
  const rolling = new Rolling({
    finder: new FrameFinder(() => undefined),
    turn: () => {
      const profile = sampled(turned, now);
      turned = now;
      return Promise.resolve(profile);
    },
    nowUs: () => now * 1000,
    now: () => 5_000_000 + now,
    beatUs: () => beat * 1000,
    onStall: (stall) => stalls.push(stall),
    onTimes: (told) => times.push(told),
  });
  for (now = 0; now <= 40_000; now += 50) {
    // The loop is blocked from 1,000 to 2,000.
    if (now <= 1_000 || now >= 2_000) beat = now;
    await rolling.look();
    if (now === 1_500) expect(rolling.blockedUs).toBe(500_000);
  }
  expect(stalls).toEqual([
    {
      at: 5_001_000,
      ms: 1_000,
      room: 'logs',
      function: 'merge master/src/logs/log-merger.ts',
      during: [{ room: 'logs', share: 1 }],
      before: [{ room: 'idle', share: 1 }],
      samples: 50,
    },
  ]);
  expect(times[0]).toEqual({ ms: 2_000, rooms: { logs: 1_000 } });
  expect(times.slice(1)).toEqual([{ ms: 20_000, rooms: {} }]);
});
