import { createHash } from 'node:crypto';
import fs from 'node:fs';
import { Readable } from 'node:stream';
import { setTimeout as pause } from 'node:timers/promises';
import type { ReadableStream } from 'node:stream/web';
import type { BuildDetail } from '@millrace/protocol/api/builds';
import type { Step } from '@millrace/protocol/api/builds';
import { builderName, fleetConfig } from '../fleet/fleet-config.ts';
import type { Bench, BenchRun } from '../harness/bench.ts';
import { EventCounter } from '../harness/event-counter.ts';
import type { Measured } from '../harness/figure.ts';
import { enqueue } from '../harness/lanes.ts';
import { MasterProcess } from '../harness/master-process.ts';
import { outputFile } from '../harness/output-file.ts';
import type { OutputFile } from '../harness/output-file.ts';
import { peer } from '../harness/peer.ts';
import { cpuSeconds, memoryMiB } from '../harness/process-figures.ts';
import { WorkerProcess } from '../harness/worker-process.ts';

const megabyte = 1_000_000;

interface Ingested {
  /** The builds' numbers: their logs can be checked. */
  readonly builds: readonly number[];
  readonly megabytesPerSecond: number;
  readonly cpuPerMegabyte: number;
  /** The most that the master has held, in MiB, since its start. */
  readonly peakMiB: number;
}

/** A master with a worker whose builds print a file each. */
class LogMill implements AsyncDisposable {
  readonly #folder: string;
  readonly #parts = new AsyncDisposableStack();
  readonly #master: MasterProcess;
  #builds = 0;

  private constructor(folder: string, master: MasterProcess) {
    this.#folder = folder;
    this.#master = master;
  }

  static async start({ folder }: BenchRun, files: readonly OutputFile[], slots: number): Promise<LogMill> {
    // A builder prints the file that has its name.
    const config = fleetConfig({
      workers: 1,
      builders: files.length,
      stepsPerBuild: 1,
      step: `sh('date +%s%N > "${folder}/start-$MILLRACE_BUILD"; exec cat "${folder}/$MILLRACE_BUILDER"', { logBytesMax: 4 * 1024 ** 3 })`,
    });
    files.forEach(({ file }, index) => fs.symlinkSync(file, `${folder}/${builderName(index)}`));
    const master = await MasterProcess.start({ folder, config });
    const mill = new LogMill(folder, master);
    mill.#parts.use(master);
    mill.#parts.use(await WorkerProcess.start({ folder, master, name: 'w0', slots }));
    return mill;
  }

  /** From the first command's start until the last build is seen to be finished. What is stored is not checked yet. */
  async ingest(builder: number, file: OutputFile, builds: number): Promise<Ingested> {
    const master = this.#master;
    using finished = await EventCounter.open(master.port, 'build.finished');
    await enqueue(master, builds, [builderName(builder)]);
    // CPU as time: what the call that asks for a build costs a master is not the log's.
    const first = `${this.#folder}/start-${this.#builds + 1}`;
    while (!fs.existsSync(first)) await pause(1);
    const cpu = cpuSeconds(master.pid).own;
    await finished.reached(builds);
    const end = performance.timeOrigin + performance.now();
    const used = cpuSeconds(master.pid).own - cpu;
    const peakMiB = memoryMiB(master.pid).peak;
    const ids = Array.from({ length: builds }, (_, index) => this.#builds + index + 1);
    this.#builds += builds;
    const starts = ids.map((id) => Number(fs.readFileSync(`${this.#folder}/start-${id}`, 'utf8')) / 1e6);
    const megabytes = (file.bytes * builds) / megabyte;
    return {
      builds: ids,
      megabytesPerSecond: (megabytes / (end - Math.min(...starts))) * 1000,
      cpuPerMegabyte: used / megabytes,
      peakMiB,
    };
  }

  /** Downloads their logs. @throws Error where one is not what its build printed */
  async check({ builds }: Ingested, file: OutputFile): Promise<void> {
    for (const build of builds) await this.#checkOne(build, file);
  }

  async #checkOne(build: number, file: OutputFile): Promise<void> {
    const { result } = await this.#master.get<BuildDetail>(`/builds/${build}`);
    if (result !== 'success') throw new Error(`build ${build} ended as ${result}`);
    const { items } = await this.#master.get<{ items: Step[] }>(`/builds/${build}/steps`);
    const response = await fetch(`${this.#master.url}/api/v1/logs/${items[0]?.logs[0]?.id}/raw`);
    const hash = createHash('sha256');
    for await (const bytes of Readable.fromWeb(response.body as ReadableStream)) hash.update(bytes as Buffer);
    if (hash.digest('hex') !== file.sha256)
      throw new Error(`the log of build ${build} is not what it printed`);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#parts.disposeAsync();
  }
}

export const oneLog: Bench = {
  name: 'log',
  title:
    'Log ingestion, one build of a real worker: from the command’s start until it is seen to be finished',
  runs: 5,
  minutesMax: 5,
  rows: [
    {
      name: 'log-64mb',
      title: 'one build, 64 MB',
      unit: 'MB/s',
      target: { atLeast: 200 },
      reference: { buildbot: '5.6', buildbotPostgres: '5.9', laminar: '50; frozen for 1.2 s at the end' },
    },
    {
      name: 'log-64mb-cpu',
      title: 'the same, CPU of the master',
      unit: 's/MB',
      target: { atMost: 0.001 },
      reference: { buildbot: '0.160', buildbotPostgres: '0.16', laminar: '0.019' },
    },
    {
      name: 'log-64mb-again-cpu',
      title: 'the same again in the same master, CPU of the master',
      unit: 's/MB',
      target: null,
      better: 'less',
    },
    { name: 'log-2gb', title: 'one build, 2 GB', unit: 'MB/s', target: { atLeast: 270 } },
    { name: 'log-2gb-cpu', title: 'the same, CPU of the master', unit: 's/MB', target: { atMost: 0.001 } },
    {
      name: 'log-2gb-memory',
      title: 'the same: how much more memory the master held at most than with 64 MB',
      unit: 'MiB',
      target: { atMost: 32 },
    },
  ],
  async run(context): Promise<Measured> {
    const small = outputFile(context.shared, (context.quick ? 4 : 64) * megabyte);
    const large = outputFile(context.shared, (context.quick ? 16 : 2_000) * megabyte);
    await using mill = await LogMill.start(context, [small, large], 1);
    const first = await mill.ingest(0, small, 1);
    const again = await mill.ingest(0, small, 1);
    const second = await mill.ingest(1, large, 1);
    // After all: a download takes memory of its own, and the row is about what comes in.
    await mill.check(first, small);
    await mill.check(again, small);
    await mill.check(second, large);
    return {
      'log-64mb': first.megabytesPerSecond,
      'log-64mb-cpu': first.cpuPerMegabyte,
      'log-64mb-again-cpu': again.cpuPerMegabyte,
      'log-2gb': second.megabytesPerSecond,
      'log-2gb-cpu': second.cpuPerMegabyte,
      'log-2gb-memory': second.peakMiB - first.peakMiB,
    };
  },
  peer: (context) => {
    const { file } = outputFile(context.shared, (context.quick ? 4 : 64) * megabyte);
    return peer(context, 'logs.py', ['--file', file, '--builds', '1', '--row', 'log-64mb']);
  },
};

export const sixteenLogs: Bench = {
  name: 'log-16',
  title: 'Log ingestion, 16 builds of 64 MB at once on 16 slots of a real worker',
  runs: 5,
  minutesMax: 5,
  rows: [
    {
      name: 'log-16-builds',
      title: '16 builds at once, over all',
      unit: 'MB/s',
      target: { atLeast: 280 },
      reference: { buildbot: '4.7', laminar: '48' },
    },
    {
      name: 'log-16-builds-cpu',
      title: 'the same, CPU of the master',
      unit: 's/MB',
      target: { atMost: 0.0012 },
      reference: { buildbot: '0.20', laminar: '0.020' },
    },
  ],
  async run(context): Promise<Measured> {
    const file = outputFile(context.shared, (context.quick ? 1 : 64) * megabyte);
    await using mill = await LogMill.start(context, [file], 16);
    const ingested = await mill.ingest(0, file, 16);
    await mill.check(ingested, file);
    return { 'log-16-builds': ingested.megabytesPerSecond, 'log-16-builds-cpu': ingested.cpuPerMegabyte };
  },
  // 4 MB each: with 64 it would take four minutes a run.
  peer: (context) => {
    const { file } = outputFile(context.shared, (context.quick ? 1 : 4) * megabyte);
    return peer(context, 'logs.py', ['--file', file, '--builds', '16', '--row', 'log-16-builds']);
  },
};
