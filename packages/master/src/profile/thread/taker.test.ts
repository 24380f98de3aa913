import { setImmediate as nextTurn } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import type { CpuProfile } from '../cpu-profile.ts';
import { FrameFinder } from '../frame-finder.ts';
import { Taker } from './taker.ts';
import type { TakerParts } from './taker.ts';

const callFrame = { url: '', lineNumber: -1, columnNumber: -1 };

/** Half idle, half in one function; begun at `startTime`. */
function sampled(startTime: number, endTime: number): CpuProfile {
  const nodes = [
    { id: 1, callFrame: { ...callFrame, functionName: '(idle)' } },
    {
      id: 2,
      callFrame: { ...callFrame, url: 'file:///packages/master/src/store/engine.ts', functionName: 'run' },
    },
  ];
  const half = (endTime - startTime) / 2;
  return { nodes, startTime, endTime, samples: [1, 2], timeDeltas: [0, half] };
}

/** Time passes by pauses only, and starts at one second. */
function takerWith(store: TakerParts['store']): Taker {
  let nowUs = 1_000_000;
  const beat = () => ({ atUs: nowUs, dueUs: nowUs, idleUs: 0, activeUs: 0, gcCount: 0, gcUs: 0, cpuUs: 0 });
  return new Taker({
    finder: new FrameFinder(() => undefined),
    begin: () => ({
      start: () => Promise.resolve(),
      stop: () => Promise.resolve(sampled(1_000_000, 3_000_000)),
      [Symbol.dispose]: () => undefined,
    }),
    store,
    beat,
    aliveUs: () => nowUs,
    nowUs: () => nowUs,
    now: () => 5,
    async pause(ms) {
      await nextTurn();
      nowUs += ms * 1000;
    },
  });
}

const asked = { seconds: 2, cpuProfile: false };
const ofStore = (stop: () => Promise<CpuProfile>): TakerParts['store'] => ({ start: () => undefined, stop });

describe('a profile', () => {
  test('has the main thread alone where the store has none', async () => {
    const taken = await takerWith(null).take(asked);
    expect(taken).toMatchObject({
      busyShare: 0.5,
      threads: [{ thread: 'main', busyMs: 1000, idleMs: 1000 }],
    });
  });

  test('has the store’s thread with its own idle share, and samples of both where they are wanted', async () => {
    const taker = takerWith(ofStore(() => Promise.resolve(sampled(1_050_000, 3_000_000))));
    expect(await taker.take({ ...asked, cpuProfile: true })).toMatchObject({
      threads: [
        { thread: 'main', unsampledMs: 0, cpuProfile: { startTime: 1_000_000 } },
        { thread: 'store', unsampledMs: 0, busyMs: 975, idleMs: 975, cpuProfile: { startTime: 1_050_000 } },
      ],
    });
  });

  test('tells for how long the store’s thread could not be sampled because it did one thing', async () => {
    const late = takerWith(ofStore(() => Promise.resolve(sampled(2_500_000, 3_000_000))));
    expect(await late.take(asked)).toMatchObject({ threads: [{}, { unsampledMs: 1500, busyMs: 250 }] });
    const stuck = takerWith(ofStore(() => new Promise(() => undefined)));
    expect(await stuck.take(asked)).toMatchObject({
      threads: [{}, { unsampledMs: 2000, busyMs: 0, rooms: [] }],
    });
    const failing = takerWith(ofStore(() => Promise.reject(new Error('no'))));
    expect(await failing.take(asked)).toMatchObject({ threads: [{}, { unsampledMs: 2000 }] });
  });

  test('is taken one at a time', async () => {
    const taker = takerWith(null);
    const first = taker.take(asked);
    expect(await taker.take(asked)).toBe('running');
    expect(await first).not.toBe('running');
    expect(await taker.take(asked)).not.toBe('running');
  });
});
