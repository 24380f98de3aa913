import { builderName, fleetConfig } from '../fleet/fleet-config.ts';
import { EventCounter } from '../harness/event-counter.ts';
import type { Bench, BenchRun } from '../harness/bench.ts';
import type { Measured } from '../harness/figure.ts';
import { folderIn } from '../harness/folders.ts';
import { enqueue } from '../harness/lanes.ts';
import { MasterProcess } from '../harness/master-process.ts';
import { peer } from '../harness/peer.ts';
import { cpuSeconds } from '../harness/process-figures.ts';
import { WorkerProcess } from '../harness/worker-process.ts';

const slots = 16;
const builders = Array.from({ length: 16 }, (_, index) => builderName(index));

interface Drained {
  readonly buildsPerSecond: number;
  /** Of the master itself, its children left out. */
  readonly cpuPerBuild: number;
}

/** Queues so many, then lets a real worker build `count` of them: from the first start to the last end. */
async function drain(
  context: BenchRun,
  folder: string,
  work: { readonly stepsPerBuild: number; readonly queued: number; readonly count: number },
): Promise<Drained> {
  const { stepsPerBuild, queued, count } = work;
  const config = fleetConfig({ workers: 1, builders: builders.length, stepsPerBuild });
  await using master = await MasterProcess.start({ folder, config });
  await enqueue(master, queued, builders);
  context.tell(`${queued} are queued`);
  using started = await EventCounter.open(master.port, 'build.started');
  using finished = await EventCounter.open(master.port, 'build.finished');
  const atFirst = started.reached(1).then(() => cpuSeconds(master.pid).own);
  await using worker = await WorkerProcess.start({ folder, master, name: 'w0', slots });
  const end = await finished.reached(count);
  const used = cpuSeconds(master.pid).own - (await atFirst);
  // Named so that it lives until here.
  void worker;
  return { buildsPerSecond: (count / (end - started.firstAt)) * 1000, cpuPerBuild: used / count };
}

export const oneStepBuilds: Bench = {
  name: 'builds-1-step',
  title: '1-step builds (`true`) through 16 slots of a real worker',
  runs: 5,
  minutesMax: 5,
  withoutFsyncToo: true,
  rows: [
    {
      name: 'builds-1-step',
      title: '1-step builds, 16 slots, 2,000 queued',
      unit: 'builds/s',
      target: { atLeast: 350 },
      reference: { buildbot: '5.1', buildbotPostgres: '9.0', laminar: '174; 85 with 2,000 queued' },
    },
    {
      name: 'builds-1-step-cpu',
      title: 'the same, CPU of the master',
      unit: 's/build',
      target: { atMost: 0.0005 },
      reference: { buildbot: '0.159', buildbotPostgres: '0.19', laminar: '0.0022 + 0.0047 in children' },
    },
  ],
  async run(context): Promise<Measured> {
    const count = context.quick ? 100 : 2_000;
    const drained = await drain(context, context.folder, { stepsPerBuild: 1, queued: count, count });
    return { 'builds-1-step': drained.buildsPerSecond, 'builds-1-step-cpu': drained.cpuPerBuild };
  },
  peer: (context) => peer(context, 'builds.py', ['--builds', context.quick ? '20' : '200', '--steps', '1']),
};

export const queuedBuilds: Bench = {
  name: 'builds-queued',
  title: '1-step builds through 16 slots, with 25,000 queued and with few: 2,000 of them are timed',
  runs: 5,
  minutesMax: 5,
  rows: [
    {
      name: 'builds-1-step-25000-queued',
      title: '1-step builds, 16 slots, 25,000 queued',
      unit: 'builds/s',
      target: { atLeast: 350 },
      reference: { laminar: '85 with 2,000 queued' },
    },
    {
      name: 'builds-queued-share',
      title: 'the same as a share of that with 2,000 queued, in the same run',
      unit: 'times',
      // No slower, within what two runs of the same differ by.
      target: { atLeast: 0.95 },
    },
  ],
  async run(context): Promise<Measured> {
    const count = context.quick ? 100 : 2_000;
    const few = await drain(context, folderIn(context.folder, 'few'), {
      stepsPerBuild: 1,
      queued: count,
      count,
    });
    const many = { stepsPerBuild: 1, queued: context.quick ? 1_000 : 25_000, count };
    const drained = await drain(context, folderIn(context.folder, 'many'), many);
    return {
      'builds-1-step-25000-queued': drained.buildsPerSecond,
      'builds-queued-share': drained.buildsPerSecond / few.buildsPerSecond,
    };
  },
};

const stepsPerBuild = 37;

export const manyStepBuilds: Bench = {
  name: 'builds-37-steps',
  title: '37-step builds through 16 slots of a real worker, 200 queued',
  runs: 5,
  minutesMax: 5,
  rows: [
    {
      name: 'builds-37-steps',
      title: '37-step builds, 16 slots',
      unit: 'steps/s',
      target: { atLeast: 600 },
      reference: { buildbot: '19', buildbotPostgres: '36', laminar: 'one script' },
    },
    {
      name: 'builds-37-steps-cpu',
      title: 'the same, CPU of the master',
      unit: 's/step',
      target: { atMost: 0.0001 },
      reference: { buildbot: '0.038' },
    },
  ],
  async run(context): Promise<Measured> {
    const count = context.quick ? 20 : 200;
    const drained = await drain(context, context.folder, { stepsPerBuild, queued: count, count });
    return {
      'builds-37-steps': drained.buildsPerSecond * stepsPerBuild,
      'builds-37-steps-cpu': drained.cpuPerBuild / stepsPerBuild,
    };
  },
  peer: (context) =>
    peer(context, 'builds.py', ['--builds', context.quick ? '2' : '16', '--steps', String(stepsPerBuild)]),
};
