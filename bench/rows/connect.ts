import { setTimeout as pause } from 'node:timers/promises';
import { fleetConfig } from '../fleet/fleet-config.ts';
import { Fleet } from '../fleet/fleet.ts';
import type { Bench, BenchRun } from '../harness/bench.ts';
import type { Measured } from '../harness/figure.ts';
import { folderIn } from '../harness/folders.ts';
import { MasterProcess } from '../harness/master-process.ts';
import type { MasterStart } from '../harness/master-process.ts';
import { peer } from '../harness/peer.ts';
import { cpuSeconds, memoryMiB } from '../harness/process-figures.ts';

/** Until it has come to rest. */
const restMs = 5_000;

/** So many workers come at once. */
async function connected(folder: string, workers: number) {
  const config = fleetConfig({ workers, builders: 1, stepsPerBuild: 1 });
  return connectedTo({ folder, config }, workers);
}

/** As after an upgrade or a restart: the config was loaded before, by a master that was stopped in order. */
async function connectedAgain(folder: string, workers: number) {
  const config = fleetConfig({ workers, builders: 1, stepsPerBuild: 1 });
  const firstMiB = await restMiB({ folder, config });
  return { ...(await connectedTo({ folder, config }, workers)), firstMiB };
}

async function restMiB(start: MasterStart): Promise<number> {
  await using master = await MasterProcess.start(start);
  await pause(restMs);
  return memoryMiB(master.pid).now;
}

async function connectedTo(start: MasterStart, workers: number) {
  await using master = await MasterProcess.start(start);
  await pause(restMs);
  const alone = memoryMiB(master.pid).now;
  using fleet = new Fleet(master, { workers, slots: 1 });
  const cpu = cpuSeconds(master.pid).own;
  const began = performance.now();
  await fleet.connect();
  const seconds = (performance.now() - began) / 1000;
  const cpuUsed = cpuSeconds(master.pid).own - cpu;
  const counted = await master.metric('millrace_workers_connected');
  await pause(restMs);
  return { seconds, cpuSeconds: cpuUsed, counted, aloneMiB: alone, crowdedMiB: memoryMiB(master.pid).now };
}

const crowd = ({ quick }: BenchRun): number => (quick ? 50 : 1_000);

export const connect: Bench = {
  name: 'connect',
  title: 'Simulated workers that connect all at once',
  runs: 5,
  minutesMax: 5,
  rows: [
    {
      name: 'connect-1000',
      title: '1,000 workers connect',
      unit: 's',
      target: { atMost: 1 },
      reference: { buildbot: '13' },
    },
    {
      name: 'connect-1000-cpu',
      title: 'the same, CPU of the master',
      unit: 's',
      target: { atMost: 0.5 },
      reference: { buildbot: '22.8' },
    },
    { name: 'connect-10000', title: '10,000 workers connect', unit: 's', target: { atMost: 5 } },
    {
      name: 'connect-10000-in',
      title: 'of 10,000, so many are in then',
      unit: 'workers',
      target: { atLeast: 10_000 },
    },
  ],
  async run(context): Promise<Measured> {
    const some = await connected(folderIn(context.folder, 'some'), crowd(context));
    const many = await connected(folderIn(context.folder, 'many'), crowd(context) * 10);
    return {
      'connect-1000': some.seconds,
      'connect-1000-cpu': some.cpuSeconds,
      'connect-10000': many.seconds,
      'connect-10000-in': many.counted,
    };
  },
  peer: (context) => peer(context, 'connect.py', ['--workers', String(crowd(context))]),
};

export const memory: Bench = {
  name: 'memory',
  title: 'Memory of a master that has nothing to do, 5 s after it began, and 5 s after 1,000 workers came',
  runs: 5,
  minutesMax: 5,
  rows: [
    {
      name: 'memory-idle',
      title: 'idle master',
      unit: 'MiB',
      target: { atMost: 100 },
      reference: { buildbot: '92', laminar: '9' },
    },
    {
      name: 'memory-1000-workers',
      title: 'with 1,000 idle workers',
      unit: 'MiB',
      target: { atMost: 140 },
      reference: { buildbot: '151' },
    },
    {
      name: 'memory-first',
      title: 'idle, with a config that no master has loaded before',
      unit: 'MiB',
      target: null,
      better: 'less',
    },
  ],
  async run(context): Promise<Measured> {
    const { firstMiB, aloneMiB, crowdedMiB } = await connectedAgain(context.folder, crowd(context));
    return { 'memory-first': firstMiB, 'memory-idle': aloneMiB, 'memory-1000-workers': crowdedMiB };
  },
  peer: (context) => peer(context, 'connect.py', ['--workers', String(crowd(context)), '--memory']),
};
