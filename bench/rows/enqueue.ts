import { fleetConfig } from '../fleet/fleet-config.ts';
import type { Bench } from '../harness/bench.ts';
import type { Measured } from '../harness/figure.ts';
import { bulkEnqueue, sourceRepository } from '../harness/bulk-enqueue.ts';
import { enqueue, inLanes } from '../harness/lanes.ts';
import { MasterProcess } from '../harness/master-process.ts';
import { peer } from '../harness/peer.ts';
import { folderIn } from '../harness/folders.ts';

const builders = 200;

export const enqueueing: Bench = {
  name: 'enqueue',
  title: 'Requests enqueued, each durable before it is answered',
  runs: 5,
  minutesMax: 5,
  withoutFsyncToo: true,
  rows: [
    {
      name: 'enqueue-http',
      title: 'one HTTP request each, 32 clients',
      unit: 'requests/s',
      target: { atLeast: 5_000 },
      reference: { laminar: '868, not durable' },
    },
    {
      name: 'enqueue-bulk',
      title: 'in bulk, by a scheduler with 200 builders',
      unit: 'requests/s',
      target: { atLeast: 20_000 },
      reference: { buildbot: '34-49', buildbotPostgres: '58' },
    },
  ],
  async run(context): Promise<Measured> {
    return {
      'enqueue-http': await byHttp(folderIn(context.folder, 'http'), context.quick ? 500 : 20_000),
      'enqueue-bulk': await byScheduler(folderIn(context.folder, 'bulk'), context.quick ? 5 : 250),
    };
  },
  peer: (context) => peer(context, 'enqueue.py', ['--requests', context.quick ? '20' : '500']),
};

async function byHttp(folder: string, requests: number): Promise<number> {
  await using master = await MasterProcess.start({
    folder,
    config: fleetConfig({ workers: 1, builders: 4, stepsPerBuild: 1 }),
  });
  // Warm, as a master in service is.
  await enqueue(master, 200, ['b0']);
  const start = performance.now();
  await inLanes(master, { count: requests, lanes: 32 }, (lane, index) =>
    lane.post(`/builders/b${index % 4}/force`),
  );
  return (requests / (performance.now() - start)) * 1000;
}

/** From the first change that is told until the last request is in the queue. */
async function byScheduler(folder: string, changes: number): Promise<number> {
  sourceRepository(folder);
  await using master = await MasterProcess.start({
    folder,
    config: fleetConfig({ workers: 1, builders, stepsPerBuild: 1, onChange: true }),
  });
  const start = performance.now();
  await bulkEnqueue(master, { changes, builders });
  return ((changes * builders) / (performance.now() - start)) * 1000;
}
