import { setTimeout as pause } from 'node:timers/promises';
import { builderName, fleetConfig } from '../fleet/fleet-config.ts';
import { Fleet } from '../fleet/fleet.ts';
import type { Bench, BenchRun } from '../harness/bench.ts';
import type { Measured } from '../harness/figure.ts';
import { folderIn } from '../harness/folders.ts';
import { enqueue } from '../harness/lanes.ts';
import { MasterProcess } from '../harness/master-process.ts';
import { cpuSeconds } from '../harness/process-figures.ts';

const workers = 8;
const slots = 4;
const builders = Array.from({ length: 4 }, (_, index) => builderName(index));
const stepsPerBuild = 2;
/** What a slice does not wait for by itself: the last acknowledgements, a commit. */
const settleMs = 200;

/** A master and its simulated workers, given one slice of work after the other. */
class Side implements AsyncDisposable {
  readonly #master: MasterProcess;
  readonly #fleet: Fleet;
  #left = 0;
  #finished: (() => void) | undefined;
  cpu = 0;
  seconds = 0;

  private constructor(master: MasterProcess) {
    this.#master = master;
    this.#fleet = new Fleet(master, {
      workers,
      slots,
      onDone: () => {
        this.#left--;
        if (this.#left === 0) this.#finished?.();
      },
    });
  }

  static async start(folder: string, args: readonly string[]): Promise<Side> {
    const config = fleetConfig({ workers, builders: builders.length, stepsPerBuild });
    const side = new Side(await MasterProcess.start({ folder, config, args }));
    await side.#fleet.connect();
    return side;
  }

  get pid(): number {
    return this.#master.pid;
  }

  /** So many builds, from the call that asks for the first until the last is acknowledged. */
  async slice(builds: number, isCounted = true): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#left = builds;
    this.#finished = resolve;
    const cpu = cpuSeconds(this.pid).own;
    const start = performance.now();
    await enqueue(this.#master, builds, builders);
    await promise;
    const seconds = (performance.now() - start) / 1000;
    await pause(settleMs);
    if (!isCounted) return;
    this.seconds += seconds;
    this.cpu += cpuSeconds(this.pid).own - cpu;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#fleet[Symbol.dispose]();
    await this.#master[Symbol.asyncDispose]();
  }
}

/**
 * Two masters on the same machine at the same time, given slices of the same work in turn, so that what else the
 * machine does meets both alike. CPU is what the one used while it had work.
 */
async function compare(context: BenchRun): Promise<Measured> {
  const builds = context.quick ? 100 : 500;
  const rounds = context.quick ? 2 : 12;
  await using watched = await Side.start(folderIn(context.folder, 'watched'), []);
  await using alone = await Side.start(folderIn(context.folder, 'alone'), ['--no-watcher']);
  // Until the code that counts has been compiled.
  for (const side of [watched, alone, watched, alone]) await side.slice(builds, false);
  for (let round = 0; round < rounds; round++) {
    // Whoever is first in one round is last in the next.
    const order = round % 2 === 0 ? [watched, alone] : [alone, watched];
    for (const side of order) await side.slice(builds);
    context.tell(
      `round ${round + 1} of ${rounds}: ${more(watched.cpu, alone.cpu).toFixed(1)}% more CPU so far`,
    );
  }
  const idleMs = context.quick ? 1_000 : 20_000;
  const before = [watched, alone].map(({ pid }) => cpuSeconds(pid).own);
  await pause(idleMs);
  const [idle = 0, idleAlone = 0] = [watched, alone].map(
    ({ pid }, index) => ((cpuSeconds(pid).own - (before[index] ?? 0)) / idleMs) * 100_000,
  );
  return {
    'watcher-cpu': more(watched.cpu, alone.cpu),
    'watcher-time': more(watched.seconds, alone.seconds),
    'watcher-idle-cpu': idle - idleAlone,
  };
}

/** By how many percent. */
const more = (value: number, than: number): number => (value / than - 1) * 100;

export const watcher: Bench = {
  name: 'watcher',
  title: 'What watching the event loop costs',
  runs: 5,
  minutesMax: 4,
  rows: [
    {
      name: 'watcher-cpu',
      title: 'CPU of the master for the same builds, more than with `--no-watcher`',
      unit: '%',
      target: { atMost: 2 },
    },
    {
      name: 'watcher-time',
      title: 'time for the same builds, more than with `--no-watcher`',
      unit: '%',
      target: { atMost: 2 },
    },
    {
      name: 'watcher-idle-cpu',
      title: 'of an idle master, more than with `--no-watcher`',
      unit: '% of a core',
      target: null,
      better: 'less',
    },
  ],
  run: compare,
};
