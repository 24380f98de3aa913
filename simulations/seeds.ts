import { expect, test } from 'vitest';
import { least } from './least.ts';
import { runSeed } from '@millrace/testkit/simulator/run-seed';

/** How many seeds one test runs: few enough to name the time it takes, many enough to be quick. */
const block = 10;

/** Tests that run `count` seeds from `first` on. A seed that fails is named, with the command that replays it. */
export function seeds(first: number, count: number): void {
  for (let from = first; from < first + count; from += block) {
    test(`every promise holds for the seeds ${from} to ${from + block - 1}`, async () => {
      for (let seed = from; seed < from + block; seed++) {
        const { broken, builds, faults } = await runSeed(seed);
        expect(broken, `npm run -s simulate -- --seed ${seed}`).toEqual([]);
        expect(builds).toBeGreaterThanOrEqual(least.builds);
        expect(faults).toBeGreaterThanOrEqual(least.faults);
      }
    });
  }
}
