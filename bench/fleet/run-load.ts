import { setTimeout as pause } from 'node:timers/promises';
import type { Step } from '@millrace/protocol/api/builds';
import { until } from '../../e2e/harness/until.ts';
import type { BenchRun } from '../harness/bench.ts';
import { percentile, slope } from '../harness/figure.ts';
import { folderIn, storedBytes } from '../harness/folders.ts';
import { MasterProcess } from '../harness/master-process.ts';
import { cpuSeconds, memoryMiB } from '../harness/process-figures.ts';
import { builderName, fleetConfig } from './fleet-config.ts';
import { Fleet } from './fleet.ts';
import { tellLoad } from './mozilla.ts';
import type { FleetLoad } from './mozilla.ts';

export interface LoadResult {
  readonly jobs: number;
  /** Of the master, in % of a core. */
  readonly cpuPercent: number;
  /** Of this process, which is the fleet, in % of a core. */
  readonly fleetCpuPercent: number;
  readonly delayP99Ms: number;
  /** From the call that asks for a job until its worker has it. */
  readonly waitP50Ms: number;
  readonly waitP99Ms: number;
  /** Requests that waited, at most. */
  readonly pendingMax: number;
  /** How many more wait with each minute, after the first fifth. */
  readonly pendingSlope: number;
  readonly memoryMiB: number;
  /** How many MiB more with each minute, after the first fifth. */
  readonly memorySlope: number;
  readonly storedBytesPerJob: number;
  readonly lost: number;
}

/** What goes on beside the fleet: told when the jobs begin, and asked at the end how many things it has missed. */
export type Beside = (master: MasterProcess) => Promise<{ stop(jobs: number): Promise<number> }>;

const sampleMs = 2_000;
const drainMs = 120_000;

/** Loads a master for so many seconds, and lets it finish what it has begun. */
export async function runLoad(
  context: BenchRun,
  load: FleetLoad,
  seconds: number,
  beside: Beside = () => Promise.resolve({ stop: () => Promise.resolve(0) }),
): Promise<LoadResult> {
  const { workers, builders, stepsPerJob } = load;
  context.tell(`${tellLoad(load)}; for ${seconds} s`);
  const folder = folderIn(context.folder, `times-${load.times}`);
  await using master = await MasterProcess.start({
    folder,
    config: fleetConfig({ workers, builders, stepsPerBuild: stepsPerJob }),
  });
  // By the builder and its build's number: each builder's builds are claimed in the order in which they were asked for.
  const asked = new Map<string, number>();
  const waits: number[] = [];
  let done = 0;
  using fleet = new Fleet(master, {
    workers,
    slots: 1,
    stepOf: () => ({ durationMs: load.stepMs, logBytes: load.logBytesPerStep }),
    onBegan: ({ builder, number }) => {
      const at = asked.get(`${builder} ${number}`);
      if (at !== undefined) waits.push(performance.now() - at);
    },
    onDone: () => void done++,
  });
  await fleet.connect();
  await pause(1_000);
  const watching = await beside(master);
  const storedBefore = storedBytes(master.data);
  const memory: [number, number][] = [];
  const pending: [number, number][] = [];
  // The delay is told since it was last asked for.
  await master.metric('millrace_event_loop_delay_seconds');
  const start = performance.now();
  const cpu = cpuSeconds(master.pid).own;
  const ownCpu = process.cpuUsage();
  let jobs = 0;
  let nextSample = start;
  const last = new Map<string, number>();
  const under: Promise<unknown>[] = [];
  const lanes = Array.from({ length: 16 }, () => master.lane());
  const free = [...lanes];
  while (performance.now() < start + seconds * 1000) {
    const now = performance.now();
    if (now >= nextSample) {
      nextSample += sampleMs;
      const minutes = (now - start) / 60_000;
      memory.push([minutes, memoryMiB(master.pid).now]);
      pending.push([minutes, jobs - done - fleet.running]);
    }
    const due = Math.floor(((now - start) / 1000) * load.jobsPerSecond) + 1;
    while (jobs < due && free.length > 0) {
      // In turn: one that is left idle is closed by the master.
      const lane = free.shift();
      if (lane === undefined) break;
      const builder = builderName((jobs * 7919) % builders);
      const number = (last.get(builder) ?? 0) + 1;
      last.set(builder, number);
      asked.set(`${builder} ${number}`, performance.now());
      jobs++;
      under.push(lane.post(`/builders/${builder}/force`).finally(() => free.push(lane)));
    }
    await pause(5);
  }
  const elapsed = (performance.now() - start) / 1000;
  const used = cpuSeconds(master.pid).own - cpu;
  const own = process.cpuUsage(ownCpu);
  const delayP99Ms = (await master.metric('millrace_event_loop_delay_seconds', '"0.99"')) * 1000;
  await Promise.all(under);
  for (const lane of lanes) lane[Symbol.dispose]();
  const jobsLost = await until('all jobs are done', () => done >= jobs, drainMs).then(
    () => 0,
    () => jobs - done,
  );
  const recorded = await master.metric('millrace_builds_finished_total', '"success"');
  const late = <Point extends readonly [number, number]>(points: readonly Point[]): readonly Point[] =>
    points.slice(Math.floor(points.length / 5));
  return {
    jobs,
    cpuPercent: (used / elapsed) * 100,
    fleetCpuPercent: ((own.user + own.system) / 1e6 / elapsed) * 100,
    delayP99Ms,
    waitP50Ms: percentile(waits, 50),
    waitP99Ms: percentile(waits, 99),
    pendingMax: Math.max(...pending.map(([, count]) => count)),
    pendingSlope: slope(late(pending)),
    memoryMiB: memory.at(-1)?.[1] ?? Number.NaN,
    memorySlope: slope(late(memory)),
    storedBytesPerJob: (storedBytes(master.data) - storedBefore) / jobs,
    lost:
      jobsLost +
      Math.abs(jobs - recorded) +
      (await badLogs(master, load, jobs)) +
      (await watching.stop(jobs)),
  };
}

/** Of up to 200 builds, spread over all: logs that have not exactly the bytes that were printed. */
async function badLogs(master: MasterProcess, load: FleetLoad, builds: number): Promise<number> {
  let bad = 0;
  const every = Math.max(1, Math.floor(builds / 200));
  for (let build = 1; build <= builds; build += every) {
    const { items } = await master.get<{ items: Step[] }>(`/builds/${build}/steps`);
    const logs = items.flatMap((step) => step.logs);
    bad += load.stepsPerJob - logs.filter((log) => log.bytes === load.logBytesPerStep).length;
  }
  return bad;
}
