import { fleetConfig } from '../fleet/fleet-config.ts';
import type { Bench } from '../harness/bench.ts';
import type { Measured } from '../harness/figure.ts';
import { filled, filledStore } from '../harness/fill-store.ts';
import { folderIn } from '../harness/folders.ts';
import { MasterProcess } from '../harness/master-process.ts';
import { peer } from '../harness/peer.ts';

export const start: Bench = {
  name: 'start',
  title: 'From the start of a master’s process until it is ready',
  runs: 5,
  minutesMax: 5,
  rows: [
    {
      name: 'start-empty',
      title: 'empty',
      unit: 'ms',
      target: { atMost: 250 },
      reference: { buildbot: '700', laminar: '6' },
    },
    {
      name: 'start-100000',
      title: 'with 100,000 builds, 150 builders and 80 workers',
      unit: 'ms',
      target: { atMost: 400 },
      reference: { buildbot: '2,200' },
    },
  ],
  async run({ folder, shared, quick, tell }): Promise<Measured> {
    const data = await filledStore(shared, quick ? 2_000 : 100_000, tell);
    return {
      'start-empty': await readyMs(folderIn(folder, 'empty'), { workers: 1, builders: 1 }),
      'start-100000': await readyMs(folderIn(folder, 'full'), filled, data),
    };
  },
  peer: (context) => peer(context, 'start.py', ['--builds', context.quick ? '2000' : '100000']),
};

async function readyMs(
  folder: string,
  { workers, builders }: { readonly workers: number; readonly builders: number },
  data?: string,
): Promise<number> {
  const config = fleetConfig({ workers, builders, stepsPerBuild: 5 });
  await using master = await MasterProcess.start({ folder, config, ...(data !== undefined && { data }) });
  return master.readyMs;
}
