import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { builderName, fleetConfig } from '../fleet/fleet-config.ts';
import { CannotMeasure } from '../harness/bench.ts';
import type { Bench } from '../harness/bench.ts';
import { EventCounter } from '../harness/event-counter.ts';
import type { Measured } from '../harness/figure.ts';
import { folderIn } from '../harness/folders.ts';
import { enqueue } from '../harness/lanes.ts';
import { MasterProcess } from '../harness/master-process.ts';
import { peer } from '../harness/peer.ts';
import { WorkerProcess } from '../harness/worker-process.ts';

/** How many calls that make a file durable a trace has, as far as it is written. */
function syncsIn(file: string): number {
  return fs
    .readFileSync(file, 'latin1')
    .split('\n')
    .filter((line) => / (fsync|fdatasync|sync_file_range)\(/.test(line)).length;
}

const builders = Array.from({ length: 16 }, (_, index) => builderName(index));

/** Builds of a real worker with both under strace; `paced`: so many a second, else as fast as they go. */
async function syncs(folder: string, builds: number, paced: number | null) {
  const traces = { master: path.join(folder, 'master.trace'), worker: path.join(folder, 'worker.trace') };
  const config = fleetConfig({ workers: 1, builders: builders.length, stepsPerBuild: 1 });
  await using master = await MasterProcess.start({ folder, config, traceFile: traces.master });
  using finished = await EventCounter.open(master.port, 'build.finished');
  await using worker = await WorkerProcess.start({
    folder,
    master,
    name: 'w0',
    slots: 16,
    traceFile: traces.worker,
  });
  const before = { master: syncsIn(traces.master), worker: syncsIn(traces.worker) };
  if (paced === null) {
    // Queued while nothing can run: what is counted is the building, not the asking.
    await fetchOk(`${master.url}/api/v1/workers/w0/pause`, { reason: 'queueing' });
    await enqueue(master, builds, builders);
    before.master = syncsIn(traces.master);
    await fetchOk(`${master.url}/api/v1/workers/w0/resume`, {});
  } else {
    using lane = master.lane();
    const start = performance.now();
    for (let build = 0; build < builds; build++) {
      await pause(Math.max(0, start + (build * 1000) / paced - performance.now()));
      await lane.post(`/builders/${builders[build % builders.length]}/force`);
    }
  }
  await finished.reached(builds);
  // What their ends have brought about.
  await pause(1_000);
  void worker;
  return {
    master: (syncsIn(traces.master) - before.master) / builds,
    worker: (syncsIn(traces.worker) - before.worker) / builds,
  };
}

async function fetchOk(url: string, body: unknown): Promise<void> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  if (!response.ok) throw new Error(`${url}: ${response.status} ${await response.text()}`);
}

export const fsyncs: Bench = {
  name: 'fsyncs',
  title: 'fdatasync and fsync a 1-step build, counted by strace: a real worker with 16 slots',
  runs: 5,
  minutesMax: 5,
  rows: [
    {
      name: 'fsyncs-50',
      title: 'master, at 50 builds/s, asking included',
      unit: 'a build',
      target: { atMost: 1.5 },
      reference: { buildbot: '178', laminar: '12' },
    },
    { name: 'fsyncs-50-worker', title: 'its worker', unit: 'a build', target: null, better: 'less' },
    { name: 'fsyncs-full', title: 'master, at the full rate', unit: 'a build', target: { atMost: 0.3 } },
    { name: 'fsyncs-full-worker', title: 'its worker', unit: 'a build', target: null, better: 'less' },
    {
      name: 'fsyncs-idle',
      title: 'master, one build alone: it commits at once',
      unit: 'a build',
      target: null,
      better: 'less',
    },
  ],
  async run({ folder, quick }): Promise<Measured> {
    if (spawnSync('strace', ['-V'], { stdio: 'ignore' }).status !== 0)
      throw new CannotMeasure('strace is not installed: apt-get install strace');
    const paced = await syncs(folderIn(folder, 'paced'), quick ? 50 : 500, 50);
    const full = await syncs(folderIn(folder, 'full'), quick ? 50 : 2_000, null);
    const alone = await syncs(folderIn(folder, 'alone'), quick ? 3 : 10, 1);
    return {
      'fsyncs-50': paced.master,
      'fsyncs-50-worker': paced.worker,
      'fsyncs-full': full.master,
      'fsyncs-full-worker': full.worker,
      'fsyncs-idle': alone.master,
    };
  },
  peer: (context) => peer(context, 'fsyncs.py', ['--builds', context.quick ? '3' : '20']),
};
