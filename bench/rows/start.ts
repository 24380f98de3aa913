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
    {
      name: 'start-first',
      title: 'empty, with a config that no master has loaded before',
      unit: 'ms',
      target: null,
      better: 'less',
    },
  ],
  async run({ folder, shared, quick, tell }): Promise<Measured> {
    const data = await filledStore(shared, quick ? 2_000 : 100_000, tell);
    const one = { workers: 1, builders: 1 };
    const empty = folderIn(folder, 'empty');
    const first = await readyMs(empty, one);
    // As after an upgrade or a restart: the config was loaded before.
    const full = folderIn(folder, 'full');
    await readyMs(full, filled, data);
    return {
      'start-first': first,
      'start-empty': await readyMs(empty, one),
      'start-100000': await readyMs(full, filled, data),
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
