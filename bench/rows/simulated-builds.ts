import { builderName, fleetConfig } from '../fleet/fleet-config.ts';
import { Fleet } from '../fleet/fleet.ts';
import type { Bench, BenchRun } from '../harness/bench.ts';
import type { Measured } from '../harness/figure.ts';
import { enqueue } from '../harness/lanes.ts';
import { MasterProcess } from '../harness/master-process.ts';
import { cpuSeconds } from '../harness/process-figures.ts';

const workers = 16;
const builders = Array.from({ length: 4 }, (_, index) => builderName(index));

interface Drained {
  readonly buildsPerSecond: number;
  readonly cpuPerBuild: number;
}

interface Work {
  readonly stepsPerBuild: number;
  readonly builds: number;
  /** Of each worker. As many as give the master enough to do while some of them wait for its disk. */
  readonly slots: number;
}

/** Builds that take no time, on workers in this process: what a master can do. */
async function drain(context: BenchRun, { stepsPerBuild, builds, slots }: Work): Promise<Drained> {
  await using master = await MasterProcess.start({
    folder: context.folder,
    config: fleetConfig({ workers, builders: builders.length, stepsPerBuild }),
  });
  await enqueue(master, builds, builders);
  const { promise: all, resolve: finished } = Promise.withResolvers<void>();
  let done = 0;
  using fleet = new Fleet(master, {
    workers,
    slots,
    onDone: () => {
      done++;
      if (done % 5_000 === 0) context.tell(`${done} of ${builds} builds`);
      if (done === builds) finished();
    },
  });
  const cpu = cpuSeconds(master.pid).own;
  const start = performance.now();
  await fleet.connect();
  await all;
  const seconds = (performance.now() - start) / 1000;
  const used = cpuSeconds(master.pid).own - cpu;
  return { buildsPerSecond: builds / seconds, cpuPerBuild: used / builds };
}

export const simulatedBuilds: Bench = {
  name: 'simulated-builds',
  title: 'Builds of one step on 256 simulated slots, 25,000 queued',
  runs: 5,
  minutesMax: 5,
  withoutFsyncToo: true,
  rows: [
    {
      name: 'simulated-1-step',
      title: '1-step builds, simulated workers, 25,000 queued',
      unit: 'builds/s',
      target: { atLeast: 5_000 },
    },
    {
      name: 'simulated-1-step-cpu',
      title: 'the same, CPU of the master',
      unit: 's/build',
      target: null,
      better: 'less',
    },
  ],
  async run(context): Promise<Measured> {
    const { buildsPerSecond, cpuPerBuild } = await drain(context, {
      stepsPerBuild: 1,
      builds: context.quick ? 500 : 25_000,
      slots: 16,
    });
    return { 'simulated-1-step': buildsPerSecond, 'simulated-1-step-cpu': cpuPerBuild };
  },
};

const stepsPerBuild = 37;

export const simulatedSteps: Bench = {
  name: 'simulated-steps',
  title: 'Builds of 37 steps on 128 simulated slots, 2,000 queued',
  runs: 5,
  minutesMax: 5,
  withoutFsyncToo: true,
  rows: [
    {
      name: 'simulated-37-steps',
      title: '37-step builds, simulated workers',
      unit: 'steps/s',
      target: { atLeast: 30_000 },
    },
    {
      name: 'simulated-37-steps-cpu',
      title: 'the same, CPU of the master',
      unit: 's/step',
      target: null,
      better: 'less',
    },
  ],
  async run(context): Promise<Measured> {
    const drained = await drain(context, { stepsPerBuild, builds: context.quick ? 50 : 2_000, slots: 8 });
    return {
      'simulated-37-steps': drained.buildsPerSecond * stepsPerBuild,
      'simulated-37-steps-cpu': drained.cpuPerBuild / stepsPerBuild,
    };
  },
};
