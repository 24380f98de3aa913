import { execFile } from 'node:child_process';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { plantedBugs } from './planted.ts';

const seedsMax = 500;

/** What `npm run simulate` says of this many seeds with a bug planted. */
function simulate(plant: string): Promise<{ status: number; output: string }> {
  const main = ['--import', './simulations/plant.ts', 'simulations/main.ts'];
  const args = [...main, '--count', String(seedsMax), '--plant', plant];
  return new Promise((resolve) => {
    const options = { cwd: path.dirname(import.meta.dirname), encoding: 'utf8' } as const;
    const child = execFile(process.execPath, args, options, (_error, stdout, stderr) => {
      resolve({ status: child.exitCode ?? -1, output: stdout + stderr });
    });
  });
}

describe('the simulator', () => {
  test.each(plantedBugs)('finds $name: $story', { timeout: 600_000 }, async ({ name }) => {
    const { status, output } = await simulate(name);
    expect(status, output).toBe(1);
    expect(output).toMatch(/seed \d+ broke \d+ promises after \d+ seeds/);
  });
});
