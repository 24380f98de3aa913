import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fleetConfig } from '../fleet/fleet-config.ts';
import type { Bench } from '../harness/bench.ts';
import { EventCounter } from '../harness/event-counter.ts';
import type { Measured } from '../harness/figure.ts';
import { enqueue } from '../harness/lanes.ts';
import { LogFollower } from '../harness/log-follower.ts';
import { logOf } from '../harness/log-of.ts';
import { MasterProcess } from '../harness/master-process.ts';
import { peer } from '../harness/peer.ts';
import { cpuSeconds } from '../harness/process-figures.ts';
import { WorkerProcess } from '../harness/worker-process.ts';

const builds = 16;
const emitter = path.resolve(import.meta.dirname, '../harness/emitter.js');

/** The share of one core that a process takes, in %. */
async function share(pid: number, seconds: number): Promise<number> {
  const start = performance.now();
  const cpu = cpuSeconds(pid).own;
  await pause(seconds * 1000);
  return ((cpuSeconds(pid).own - cpu) / (performance.now() - start)) * 100_000;
}

export const emitters: Bench = {
  name: 'emitters',
  title: '16 builds that print 1,000 lines a second each',
  runs: 5,
  minutesMax: 5,
  rows: [
    {
      name: 'emitters-unwatched',
      title: '16 emitters x 1,000 lines/s, unwatched: CPU of the master',
      unit: '% of a core',
      target: { atMost: 0.2 },
      reference: { buildbot: '24', laminar: '9' },
    },
    {
      name: 'emitters-watched',
      title: 'the same, each followed by somebody',
      unit: '% of a core',
      target: { atMost: 5 },
      reference: { laminar: '25' },
    },
  ],
  async run({ folder, quick }): Promise<Measured> {
    const seconds = quick ? 2 : 12;
    const step = `sh([${JSON.stringify(process.execPath)}, ${JSON.stringify(emitter)}, '1000', '${seconds * 2 + 20}'])`;
    const config = fleetConfig({ workers: 1, builders: 1, stepsPerBuild: 1, step });
    await using master = await MasterProcess.start({ folder, config });
    await using worker = await WorkerProcess.start({ folder, master, name: 'w0', slots: builds });
    {
      // Gone before it is measured: whoever follows the events is one who watches.
      using opened = await EventCounter.open(master.port, 'log.opened');
      await enqueue(master, builds, ['b0']);
      await opened.reached(builds);
    }
    // What came with the start is over.
    await pause(quick ? 500 : 4_000);
    const unwatched = await share(master.pid, seconds);
    using followers = new DisposableStack();
    for (let build = 1; build <= builds; build++)
      followers.use(new LogFollower(master.port, await logOf(master, build)));
    // They have read what was there before.
    await pause(quick ? 500 : 4_000);
    const watched = await share(master.pid, seconds);
    void worker;
    return { 'emitters-unwatched': unwatched, 'emitters-watched': watched };
  },
  peer: (context) =>
    peer(context, 'emitters.py', [
      '--seconds',
      context.quick ? '4' : '12',
      '--emitter',
      emitter,
      '--node',
      process.execPath,
    ]),
};
