import { describe, expect, test } from 'vitest';
import { plantedBugs } from './planted.ts';
import type { PlantedBug } from './planted.ts';
import { runSimulate } from './run-simulate.ts';

const seedsMax = 500;
const reloadsMax = 250;

/** What `npm run simulate` says of this many seeds with a bug planted. */
function simulate(plant: PlantedBug): Promise<{ status: number; output: string }> {
  const how = plant.byReloads ? ['--reloads', String(reloadsMax)] : ['--count', String(seedsMax)];
  return runSimulate(...how, '--plant', plant.name);
}

describe('the simulator', () => {
  test.each(plantedBugs)('finds $name: $story', { timeout: 600_000 }, async (bug) => {
    const { status, output } = await simulate(bug);
    expect(status, output).toBe(1);
    expect(output).toMatch(/broke [1-9]\d* promises after \d+ seeds|[1-9]\d* promises broken/);
  });
});
