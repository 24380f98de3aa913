import { setTimeout as pause } from 'node:timers/promises';
import { SlicedMaster } from '../fleet/sliced-master.ts';
import type { Slice } from '../fleet/sliced-master.ts';
import type { Bench, BenchRun } from '../harness/bench.ts';
import { median } from '../harness/figure.ts';
import type { Measured } from '../harness/figure.ts';
import { folderIn } from '../harness/folders.ts';
import { cpuSeconds } from '../harness/process-figures.ts';

/** What pairs of slices of the same work differ by, in percent, and what the watcher's own threads took of it. */
interface Compared {
  readonly cpu: number[];
  readonly seconds: number[];
  readonly own: { cpu: number; watching: number };
}

interface Pair {
  readonly watched: SlicedMaster;
  readonly alone: SlicedMaster;
}

/**
 * Pairs of masters on the same machine at the same time, one with the watcher and one without, given slices of the same
 * work in turn, so that what else the machine does meets both alike. Two processes of the same program differ by some
 * percent for as long as they live, so there are several pairs. The figure is the median of what slices differ by.
 */
async function compare(context: BenchRun): Promise<Measured> {
  const pairs = context.quick ? 1 : 4;
  const compared: Compared = { cpu: [], seconds: [], own: { cpu: 0, watching: 0 } };
  const idle: number[] = [];
  for (let index = 0; index < pairs; index++) {
    const folder = (name: string): string => folderIn(context.folder, `${name}-${index}`);
    await using watched = await SlicedMaster.start(folder('watched'), []);
    await using alone = await SlicedMaster.start(folder('alone'), ['--no-watcher']);
    await work({ watched, alone }, context.quick ? 2 : 5, context.quick ? 100 : 800, compared);
    idle.push(await idleDifference({ watched, alone }, context.quick ? 1_000 : 5_000));
    context.tell(`pair ${index + 1} of ${pairs}: ${median(compared.cpu).toFixed(1)}% more CPU so far`);
  }
  return {
    'watcher-cpu': median(compared.cpu),
    'watcher-threads': (compared.own.watching / compared.own.cpu) * 100,
    'watcher-time': median(compared.seconds),
    'watcher-idle-cpu': median(idle),
  };
}

async function work({ watched, alone }: Pair, rounds: number, builds: number, into: Compared): Promise<void> {
  // Until the code that counts has been compiled.
  for (const master of [watched, alone, alone, watched]) await master.slice(builds);
  for (let round = 0; round < rounds; round++) {
    // Whoever is first in one round is last in the next.
    const order = round % 2 === 0 ? [watched, alone] : [alone, watched];
    const slices = new Map<SlicedMaster, Slice>();
    for (const master of order) slices.set(master, await master.slice(builds));
    const [one, other] = [slices.get(watched), slices.get(alone)];
    if (!one || !other) continue;
    into.own.cpu += one.cpu;
    into.own.watching += one.watching;
    into.cpu.push(more(one.cpu, other.cpu));
    into.seconds.push(more(one.seconds, other.seconds));
  }
}

/** In percent of a core. */
async function idleDifference({ watched, alone }: Pair, ms: number): Promise<number> {
  const used = (): readonly [number, number] => [cpuSeconds(watched.pid).own, cpuSeconds(alone.pid).own];
  const [watchedBefore, aloneBefore] = used();
  await pause(ms);
  const [watchedAfter, aloneAfter] = used();
  return ((watchedAfter - watchedBefore - (aloneAfter - aloneBefore)) / ms) * 100_000;
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
