import { setTimeout as pause } from 'node:timers/promises';
import { builderName, fleetConfig } from '../fleet/fleet-config.ts';
import { Fleet } from '../fleet/fleet.ts';
import type { Bench, BenchRun } from '../harness/bench.ts';
import { median } from '../harness/figure.ts';
import type { Measured } from '../harness/figure.ts';
import { folderIn } from '../harness/folders.ts';
import { enqueue } from '../harness/lanes.ts';
import { MasterProcess } from '../harness/master-process.ts';
import { cpuSeconds, threadsNamed } from '../harness/process-figures.ts';

const workers = 8;
const slots = 4;
const builders = Array.from({ length: 4 }, (_, index) => builderName(index));
const stepsPerBuild = 2;
/** What a slice does not wait for by itself: the last acknowledgements, a commit. */
const settleMs = 200;

interface Slice {
  readonly seconds: number;
  /** Seconds of the master's CPU. */
  readonly cpu: number;
  /** Of those, of the watcher's own threads. */
  readonly watching: number;
}

/** Its own, and the one in which V8 puts samples together. */
const watcherThreads = ['watcher', 'v8:ProfEvntProc'];

/** A master and its simulated workers, given one slice of work after the other. */
class Side implements AsyncDisposable {
  readonly #master: MasterProcess;
  readonly #fleet: Fleet;
  #left = 0;
  #finished: (() => void) | undefined;

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
  async slice(builds: number): Promise<Slice> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#left = builds;
    this.#finished = resolve;
    const cpu = cpuSeconds(this.pid).own;
    const watching = threadsNamed(this.pid, watcherThreads);
    const start = performance.now();
    await enqueue(this.#master, builds, builders);
    await promise;
    const seconds = (performance.now() - start) / 1000;
    await pause(settleMs);
    return {
      seconds,
      cpu: cpuSeconds(this.pid).own - cpu,
      watching: threadsNamed(this.pid, watcherThreads) - watching,
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#fleet[Symbol.dispose]();
    await this.#master[Symbol.asyncDispose]();
  }
}

/**
 * Two masters on the same machine at the same time, given slices of the same work in turn, so that what else the
 * machine does meets both alike. The figure is the median of what each pair of slices differs by: a slice that was
 * held up does not count.
 */
async function compare(context: BenchRun): Promise<Measured> {
  const builds = context.quick ? 100 : 300;
  const rounds = context.quick ? 2 : 20;
  await using watched = await Side.start(folderIn(context.folder, 'watched'), []);
  await using alone = await Side.start(folderIn(context.folder, 'alone'), ['--no-watcher']);
  // Until the code that counts has been compiled.
  for (const side of [watched, alone, watched, alone]) await side.slice(builds);
  const cpu: number[] = [];
  const seconds: number[] = [];
  const own = { cpu: 0, watching: 0 };
  for (let round = 0; round < rounds; round++) {
    // Whoever is first in one round is last in the next.
    const order = round % 2 === 0 ? [watched, alone] : [alone, watched];
    const slices = new Map<Side, Slice>();
    for (const side of order) slices.set(side, await side.slice(builds));
    const [one, other] = [slices.get(watched), slices.get(alone)];
    if (!one || !other) continue;
    own.cpu += one.cpu;
    own.watching += one.watching;
    cpu.push(more(one.cpu, other.cpu));
    seconds.push(more(one.seconds, other.seconds));
    context.tell(`round ${round + 1} of ${rounds}: ${median(cpu).toFixed(1)}% more CPU so far`);
  }
  const idleMs = context.quick ? 1_000 : 20_000;
  const before = [watched, alone].map(({ pid }) => cpuSeconds(pid).own);
  await pause(idleMs);
  const [idle = 0, idleAlone = 0] = [watched, alone].map(
    ({ pid }, index) => ((cpuSeconds(pid).own - (before[index] ?? 0)) / idleMs) * 100_000,
  );
  return {
    'watcher-cpu': median(cpu),
    'watcher-threads': (own.watching / own.cpu) * 100,
    'watcher-time': median(seconds),
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
      name: 'watcher-threads',
      title: 'of the CPU of the master, in threads of the watcher',
      unit: '%',
      target: null,
      better: 'less',
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
