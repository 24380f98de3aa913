import { expect, test } from 'vitest';
import { runReloads } from '@millrace/testkit/simulator/reloads/run-reloads';

const reloadsEach = 250;

/** A thousand reloads, while ten changes a second arrive and masters die. */
test.each([1, 2, 3, 4])(
  `${reloadsEach} reloads build each change once and touch no build: seed %i`,
  async (seed) => {
    const { broken, reloads, refusals, kills, changes, builds } = await runReloads(seed, reloadsEach);
    expect(broken).toEqual([]);
    expect(reloads).toBe(reloadsEach);
    expect(refusals).toBeGreaterThan(5);
    expect(kills).toBeGreaterThan(2);
    expect(changes).toBeGreaterThan(200);
    expect(builds).toBeGreaterThan(400);
  },
);
