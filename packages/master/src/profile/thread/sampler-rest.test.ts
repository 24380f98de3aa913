import { expect, test } from 'vitest';
import { beginResting, turnOfRest } from './sampler-rest.ts';

/** Beats every 100 ms for each part, in seconds, with the main thread's share of a core; answers when what was done. */
function run(parts: readonly (readonly [seconds: number, cpu: number])[], lateAt = -1): string[] {
  let beat = { atUs: 0, cpuUs: 0 };
  let rest = beginResting(beat);
  const done: string[] = [];
  for (const [seconds, cpu] of parts)
    for (let turn = 0; turn < seconds * 10; turn++) {
      beat = { atUs: beat.atUs + 100_000, cpuUs: beat.cpuUs + cpu * 100_000 };
      const next = turnOfRest(rest, beat, beat.atUs === lateAt * 1e6);
      rest = next.rest;
      if (next.turn !== 'stay') done.push(`${next.turn} ${beat.atUs / 1e6}`);
    }
  return done;
}

test('rests while little is done, and wakes for work that lasts', () => {
  expect(run([[30, 0.01], [2, 0.9]])).toEqual(['wake 31']); // oxfmt-ignore
  expect(run([[30, 0.01], [20, 0.1]])).toEqual(['wake 36']); // oxfmt-ignore
});

test('does not wake for work that is over soon, however often it comes', () => {
  const burst = [[1, 0.5], [1, 0.01]] as const; // oxfmt-ignore
  expect(run([[30, 0.01], ...burst, ...burst, ...burst, ...burst])).toEqual([]);
});

test('rests when the main thread has been quiet for some seconds', () => {
  const work = [100, 0.01] as const;
  expect(run([work, [5, 0.7], [10, 0.01]])).toEqual(['wake 101', 'rest 108']);
});

test('wakes at once for a beat that is late', () => {
  expect(run([[100, 0.01]], 80)).toEqual(['wake 80', 'rest 83']);
});

test('does not hold it against the first who wakes it that it has just begun', () => {
  expect(run([[5, 0.01], [1, 0.7], [9, 0.01]])).toEqual(['wake 6', 'rest 9']); // oxfmt-ignore
});

test('rests later each time that it has rested in vain, up to a minute, and forgets that after a long rest', () => {
  const burst = (quiet: number) => [[1, 0.7], [quiet, 0.01]] as const; // oxfmt-ignore
  const bursts = Array.from({ length: 20 }, () => burst(20)).flat();
  const woken = run([[100, 0.01], ...bursts]).filter((turn) => turn.startsWith('wake'));
  // Without it there would be twenty.
  expect(woken.length).toBeLessThan(6);
  const after = run([[100, 0.01], ...bursts, [200, 0.01], ...burst(20)]);
  expect(after.slice(-2)).toEqual(['wake 721', 'rest 724']);
});
