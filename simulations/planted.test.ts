import { execFile } from 'node:child_process';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { plantedBugs } from './planted.ts';
import type { PlantedBug } from './planted.ts';

const seedsMax = 500;
const reloadsMax = 250;

/** What `npm run simulate` says of this many seeds with a bug planted. */
function simulate(plant: PlantedBug): Promise<{ status: number; output: string }> {
  const main = ['--import', './simulations/plant.ts', 'simulations/main.ts'];
  const how = plant.byReloads ? ['--reloads', String(reloadsMax)] : ['--count', String(seedsMax)];
  const args = [...main, ...how, '--plant', plant.name];
  return new Promise((resolve) => {
    const options = { cwd: path.dirname(import.meta.dirname), encoding: 'utf8' } as const;
    const child = execFile(process.execPath, args, options, (_error, stdout, stderr) => {
      resolve({ status: child.exitCode ?? -1, output: stdout + stderr });
    });
  });
}

describe('the simulator', () => {
  test.each(plantedBugs)('finds $name: $story', { timeout: 600_000 }, async (bug) => {
    const { status, output } = await simulate(bug);
    expect(status, output).toBe(1);
    expect(output).toMatch(/broke [1-9]\d* promises after \d+ seeds|[1-9]\d* promises broken/);
  });
});
