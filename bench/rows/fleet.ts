import { mozillaTimes } from '../fleet/mozilla.ts';
import { runLoad } from '../fleet/run-load.ts';
import type { Bench } from '../harness/bench.ts';
import type { Measured, Row } from '../harness/figure.ts';

const sizes = [1, 10, 100, 1_000] as const;
const seconds = 60;

export const fleet: Bench = {
  name: 'fleet',
  title: `A fleet in a box: Mozilla 2010 times N on simulated workers, ${seconds} s each`,
  // The four sizes take six minutes.
  runs: 1,
  minutesMax: 20,
  rows: sizes.flatMap((times): Row[] => {
    const load = mozillaTimes(times);
    const row = (name: string, title: string, unit: string): Row => ({
      name: `fleet-${times}-${name}`,
      title: `x${times}: ${title}`,
      unit,
      target: null,
      better: 'less',
    });
    return [
      row(
        'cpu',
        `CPU of the master (${load.workers} workers, ${load.jobsPerSecond.toFixed(2)} jobs/s of ${load.stepsPerJob} steps)`,
        '% of a core',
      ),
      row('delay', 'event-loop delay, p99', 'ms'),
      row('wait-p50', 'from the ask to the worker, p50', 'ms'),
      row('wait-p99', 'from the ask to the worker, p99', 'ms'),
      row('memory', 'memory at the end', 'MiB'),
      row('store', 'growth of the store a job', 'bytes'),
      row('lost', 'jobs and logs lost', 'things'),
    ];
  }),
  async run(context): Promise<Measured> {
    const measured: Record<string, number> = {};
    for (const times of sizes) {
      if (context.quick && times > 10) continue;
      const result = await runLoad(context, mozillaTimes(times), context.quick ? 5 : seconds);
      const name = `fleet-${times}`;
      measured[`${name}-cpu`] = result.cpuPercent;
      measured[`${name}-delay`] = result.delayP99Ms;
      measured[`${name}-wait-p50`] = result.waitP50Ms;
      measured[`${name}-wait-p99`] = result.waitP99Ms;
      measured[`${name}-memory`] = result.memoryMiB;
      measured[`${name}-store`] = result.storedBytesPerJob;
      measured[`${name}-lost`] = result.lost;
    }
    return measured;
  },
};
