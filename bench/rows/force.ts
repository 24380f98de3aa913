import type { Forced } from '@millrace/protocol/api/builds';
import { setTimeout as pause } from 'node:timers/promises';
import type { Bench } from '../harness/bench.ts';
import { bulkEnqueue, sourceRepository } from '../harness/bulk-enqueue.ts';
import { EventCounter } from '../harness/event-counter.ts';
import { percentile } from '../harness/figure.ts';
import type { Measured } from '../harness/figure.ts';
import { folderIn } from '../harness/folders.ts';
import { logOf } from '../harness/log-of.ts';
import { MasterProcess } from '../harness/master-process.ts';
import { peer } from '../harness/peer.ts';
import { WorkerProcess } from '../harness/worker-process.ts';

/** One worker with one slot, builders of which nobody comes, and one that prints the time. */
const config = (others: number): string => `
import { builder, defineConfig, onChange, repository, sh, worker } from 'millrace';

const others = Array.from({ length: ${others} }, (_, index) => 'other-' + index);

export default defineConfig({
  repositories: [repository({ name: 'app', git: './repository', branches: ['main'], pollEveryMs: 30_000 })],
  schedulers: others.length === 0 ? [] : [onChange({ name: 'every-push', repository: 'app', branches: ['main'], builders: others })],
  workers: [worker({ name: 'w0' }), worker({ name: 'nobody' })],
  builders: [
    builder({ name: 'clock', workers: ['w0'], steps: () => [sh(['date', '+%s%N'])] }),
    ...others.map((name) => builder({ name, repository: 'app', workers: ['nobody'], steps: () => [sh(['true'])] })),
  ],
});
`;

/** From a call to force a build until the first instruction of its command, which prints the time; in ms. */
async function latencies(folder: string, times: number, pending: number): Promise<readonly number[]> {
  const others = pending === 0 ? 0 : Math.min(1_000, pending);
  sourceRepository(folder);
  await using master = await MasterProcess.start({ folder, config: config(others) });
  if (pending > 0) await bulkEnqueue(master, { changes: pending / others, builders: others });
  await using worker = await WorkerProcess.start({ folder, master, name: 'w0', slots: 1 });
  using finished = await EventCounter.open(master.port, 'build.finished');
  using lane = master.lane();
  const seen: number[] = [];
  const warm = 5;
  for (let turn = 1; turn <= warm + times; turn++) {
    const asked = performance.timeOrigin + performance.now();
    await lane.post<Forced>('/builders/clock/force');
    await finished.reached(turn);
    const response = await fetch(`${master.url}/api/v1/logs/${await logOf(master, turn)}/raw`);
    const began = Number(await response.text()) / 1e6;
    if (turn > warm) seen.push(began - asked);
    // Each finds the system at rest.
    await pause(50);
  }
  void worker;
  return seen;
}

export const force: Bench = {
  name: 'force',
  title: 'From a call that forces a build to the first instruction of its command',
  runs: 5,
  minutesMax: 5,
  rows: [
    {
      name: 'force-idle-p50',
      title: 'idle, p50',
      unit: 'ms',
      target: { atMost: 5 },
      reference: { buildbot: '120', buildbotPostgres: '87', laminar: "1.2; 12.3 with its client's start" },
    },
    { name: 'force-idle-p99', title: 'idle, p99', unit: 'ms', target: { atMost: 20 } },
    {
      name: 'force-loaded-p99',
      title: '100,000 requests pending on other builders, one worker free: p99',
      unit: 'ms',
      target: { atMost: 100 },
    },
  ],
  async run({ folder, quick, tell }): Promise<Measured> {
    const idle = await latencies(folderIn(folder, 'idle'), quick ? 10 : 200, 0);
    tell('idle is measured; queueing');
    const loaded = await latencies(folderIn(folder, 'loaded'), quick ? 10 : 200, quick ? 1_000 : 100_000);
    return {
      'force-idle-p50': percentile(idle, 50),
      'force-idle-p99': percentile(idle, 99),
      'force-loaded-p99': percentile(loaded, 99),
    };
  },
  peer: (context) => peer(context, 'force.py', ['--times', context.quick ? '5' : '50']),
};
