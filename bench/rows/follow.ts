import path from 'node:path';
import { fleetConfig } from '../fleet/fleet-config.ts';
import type { Bench, BenchRun } from '../harness/bench.ts';
import { EventCounter } from '../harness/event-counter.ts';
import { folderIn } from '../harness/folders.ts';
import { percentile } from '../harness/figure.ts';
import type { Measured } from '../harness/figure.ts';
import { enqueue } from '../harness/lanes.ts';
import { LogFollower } from '../harness/log-follower.ts';
import { logOf } from '../harness/log-of.ts';
import { MasterProcess } from '../harness/master-process.ts';
import { peer } from '../harness/peer.ts';
import { WorkerProcess } from '../harness/worker-process.ts';

const emitter = path.resolve(import.meta.dirname, '../harness/emitter.js');

/** From the write of each line to its coming to somebody who follows the log, in ms. */
async function latencies(context: BenchRun, rate: number, seconds: number): Promise<readonly number[]> {
  const folder = folderIn(context.folder, String(rate));
  const step = `sh([${JSON.stringify(process.execPath)}, ${JSON.stringify(emitter)}, '${rate}', '${seconds}'])`;
  const config = fleetConfig({ workers: 1, builders: 1, stepsPerBuild: 1, step });
  await using master = await MasterProcess.start({ folder, config });
  await using worker = await WorkerProcess.start({ folder, master, name: 'w0', slots: 1 });
  using finished = await EventCounter.open(master.port, 'build.finished');
  await enqueue(master, 1, ['b0']);
  const began = performance.timeOrigin + performance.now();
  const seen: number[] = [];
  using follower = new LogFollower(master.port, await logOf(master, 1), (text, atMs) => {
    const writtenMs = Number(/^T([\d.]+) /.exec(text)?.[1]);
    // The first second is the follower's own start.
    if (writtenMs > began + 1_000) seen.push(atMs - writtenMs);
  });
  await finished.reached(1);
  void [worker, follower];
  return seen;
}

export const follow: Bench = {
  name: 'follow',
  title: 'From an output line to a follower’s eyes',
  runs: 5,
  minutesMax: 5,
  rows: [
    {
      name: 'follow-slow-p50',
      title: '5 lines/s, p50',
      unit: 'ms',
      target: { atMost: 5 },
      reference: { buildbot: '2,617', laminar: '0.31' },
    },
    {
      name: 'follow-slow-max',
      title: '5 lines/s, the worst',
      unit: 'ms',
      target: null,
      better: 'less',
      reference: { buildbot: '5,034' },
    },
    {
      name: 'follow-fast-p50',
      title: '1,000 lines/s, p50',
      unit: 'ms',
      target: { atMost: 30 },
      reference: { laminar: '0.06' },
    },
    { name: 'follow-fast-p99', title: '1,000 lines/s, p99', unit: 'ms', target: { atMost: 60 } },
  ],
  async run(context): Promise<Measured> {
    const slow = await latencies(context, 5, context.quick ? 4 : 16);
    const fast = await latencies(context, 1_000, context.quick ? 3 : 11);
    return {
      'follow-slow-p50': percentile(slow, 50),
      'follow-slow-max': Math.max(...slow),
      'follow-fast-p50': percentile(fast, 50),
      'follow-fast-p99': percentile(fast, 99),
    };
  },
  peer: (context) =>
    peer(context, 'follow.py', [
      '--seconds',
      context.quick ? '6' : '20',
      '--emitter',
      emitter,
      '--node',
      process.execPath,
    ]),
};
