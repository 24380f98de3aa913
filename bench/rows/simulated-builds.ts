import { fleetConfig, workerName } from '../fleet/fleet-config.ts';
import { SimulatedWorker } from '../fleet/simulated-worker.ts';
import type { Bench, BenchRun } from '../harness/bench.ts';
import type { Measured } from '../harness/figure.ts';
import { MasterProcess } from '../harness/master-process.ts';
import { cpuSeconds } from '../harness/process-figures.ts';

const workers = 16;
const slots = 4;
const queued = 25_000;

/** Builds that take no time, on workers in this process: what a master can do. */
async function drain(context: BenchRun, stepsPerBuild: number, builds: number): Promise<Drained> {
  await using master = await MasterProcess.start({
    folder: context.folder,
    config: fleetConfig({ workers, builders: 4, stepsPerBuild }),
  });
  let done = 0;
  let finished: () => void = () => undefined;
  const all = new Promise<void>((resolve) => {
    finished = resolve;
  });
  for (let index = 0; index < builds; index += 100) {
    const lanes = Array.from({ length: Math.min(100, builds - index) }, (_, lane) =>
      master.post(`/builders/b${lane % 4}/force`),
    );
    await Promise.all(lanes);
  }
  const fleet = Array.from(
    { length: workers },
    (_, index) =>
      new SimulatedWorker({
        name: workerName(index),
        url: `${master.url.replace('http', 'ws')}/api/v1/agent`,
        slots,
        stepOf: () => ({ durationMs: 0, logBytes: 0 }),
        onDone: () => {
          done++;
          if (done % 5_000 === 0) context.tell(`${done} of ${builds} builds`);
          if (done === builds) finished();
        },
      }),
  );
  const cpu = cpuSeconds(master.pid).own;
  const start = performance.now();
  await Promise.all(fleet.map((worker) => worker.connect()));
  await all;
  const seconds = (performance.now() - start) / 1000;
  const used = cpuSeconds(master.pid).own - cpu;
  for (const worker of fleet) worker.close();
  return { buildsPerSecond: builds / seconds, cpuPerBuild: used / builds };
}

interface Drained {
  readonly buildsPerSecond: number;
  readonly cpuPerBuild: number;
}

export const simulatedBuilds: Bench = {
  name: 'simulated-builds',
  title: 'Builds of one step on simulated workers, 25,000 queued',
  runs: 5,
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
    },
  ],
  async run(context): Promise<Measured> {
    const { buildsPerSecond, cpuPerBuild } = await drain(context, 1, queued);
    return { 'simulated-1-step': buildsPerSecond, 'simulated-1-step-cpu': cpuPerBuild };
  },
};
