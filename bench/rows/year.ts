import { setTimeout as pause } from 'node:timers/promises';
import { mozillaTimes } from '../fleet/mozilla.ts';
import { runLoad } from '../fleet/run-load.ts';
import type { Beside } from '../fleet/run-load.ts';
import type { Bench } from '../harness/bench.ts';
import { percentile } from '../harness/figure.ts';
import type { Measured } from '../harness/figure.ts';
import { Listeners } from '../harness/listeners.ts';

const listenersCount = 100;
const pollersCount = 20;
const polledEveryMs = 1_000;
const countWithinMs = 30_000;

export const year: Bench = {
  name: 'year',
  title: `The year in an hour: Mozilla 2010 x 1,000 for ten minutes, ${listenersCount} listeners to every event, ${pollersCount} clients that ask for the list of builds each second`,
  runs: 1,
  minutesMax: 20,
  rows: [
    { name: 'year-delay', title: 'event-loop delay, p99', unit: 'ms', target: { atMost: 50 } },
    { name: 'year-lost', title: 'jobs, logs and events lost', unit: 'things', target: { atMost: 0 } },
    { name: 'year-queue-slope', title: 'the queue grows by', unit: 'requests/min', target: { atMost: 10 } },
    { name: 'year-queue-max', title: 'the queue, at most', unit: 'requests', target: null, better: 'less' },
    { name: 'year-memory-slope', title: 'memory grows by', unit: 'MiB/min', target: { atMost: 2 } },
    { name: 'year-memory', title: 'memory at the end', unit: 'MiB', target: null, better: 'less' },
    { name: 'year-store', title: 'the store grows by', unit: 'bytes a build', target: null, better: 'less' },
    { name: 'year-cpu', title: 'CPU of the master', unit: '% of a core', target: null, better: 'less' },
    {
      name: 'year-fleet-cpu',
      title: 'CPU of the fleet beside it',
      unit: '% of a core',
      target: null,
      better: 'less',
    },
    {
      name: 'year-wait-p99',
      title: 'from the ask to the worker, p99',
      unit: 'ms',
      target: null,
      better: 'less',
    },
    {
      name: 'year-poll-p99',
      title: 'the list of builds, p99 of the clients',
      unit: 'ms',
      target: null,
      better: 'less',
    },
  ],
  async run(context): Promise<Measured> {
    const polls: number[] = [];
    const result = await runLoad(
      context,
      mozillaTimes(context.quick ? 10 : 1_000),
      context.quick ? 10 : 600,
      (master) => listenAndPoll(context.quick ? 5 : listenersCount, polls)(master),
    );
    return {
      'year-delay': result.delayP99Ms,
      'year-lost': result.lost,
      'year-queue-slope': result.pendingSlope,
      'year-queue-max': result.pendingMax,
      'year-memory-slope': result.memorySlope,
      'year-memory': result.memoryMiB,
      'year-store': result.storedBytesPerJob,
      'year-cpu': result.cpuPercent,
      'year-fleet-cpu': result.fleetCpuPercent,
      'year-wait-p99': result.waitP99Ms,
      'year-poll-p99': percentile(polls, 99),
    };
  },
};

function listenAndPoll(listeners: number, polls: number[]): Beside {
  return async (master) => {
    const listening = await Listeners.start(master.port, listeners);
    const over = new AbortController();
    const poll = async (index: number): Promise<void> => {
      using lane = master.lane();
      await pause((index * polledEveryMs) / pollersCount);
      while (!over.signal.aborted) {
        const start = performance.now();
        await lane.bytes('/builds?limit=100');
        polls.push(performance.now() - start);
        await pause(Math.max(0, start + polledEveryMs - performance.now()));
      }
    };
    const polling = Promise.all(Array.from({ length: pollersCount }, (_, index) => poll(index)));
    // It is awaited when the load is over.
    polling.catch(() => undefined);
    return {
      /** How many events of builds that ended the listeners have not had, or had twice, all together. */
      async stop(jobs) {
        over.abort();
        await polling;
        using all = listening;
        const end = performance.now() + countWithinMs;
        for (;;) {
          const counts = await all.counts();
          const missed = counts.reduce((sum, count) => sum + Math.abs(jobs - count), 0);
          if (missed === 0 || performance.now() > end) return missed + (listeners - counts.length) * jobs;
          await pause(500);
        }
      },
    };
  };
}
