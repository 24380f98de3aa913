import path from 'node:path';
import { countBuild } from './count-build.ts';
import type { BuildCount } from './count-build.ts';

/** The builds that are counted, by what they are called in the table. */
const builds = { '1 step': 1, '37 steps': 37 } as const;

export type GuardTable = Readonly<Record<string, BuildCount>>;

/** Committed: a test holds today's counts to it. */
export const tableFile = path.join(import.meta.dirname, 'table.json');

/** Today's counts. */
export async function countedTable(): Promise<GuardTable> {
  const table: Record<string, BuildCount> = {};
  for (const [name, steps] of Object.entries(builds)) table[name] = await countBuild(steps);
  return table;
}
