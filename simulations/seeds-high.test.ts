import { expect, test } from 'vitest';
import { runSimulate } from './run-simulate.ts';

const first = 1_000_001;
const count = 120;
/** So many in one process: few enough to name the time it takes, many enough that its start costs little. */
const block = 30;

/*
 * Outside of this process, where each line that runs is counted: the low seeds show what is covered, these only
 * whether the promises hold, and take two thirds of the time.
 */
for (let from = first; from < first + count; from += block) {
  test(`every promise holds for the seeds ${from} to ${from + block - 1}`, async () => {
    const { status, output } = await runSimulate('--from', String(from), '--count', String(block));
    expect(status, output).toBe(0);
    expect(output).toContain(`${block} seeds, `);
  });
}
