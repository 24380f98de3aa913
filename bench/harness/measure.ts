import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { kill9, processesWith } from '../../e2e/harness/processes.ts';
import { CannotMeasure } from './bench.ts';
import type { Bench, BenchRun } from './bench.ts';
import { figureOf } from './figure.ts';
import type { Figure, Measured, Row } from './figure.ts';
import { within } from './within.ts';

export interface MeasureOptions {
  readonly runs: number | undefined;
  readonly withPeer: boolean;
  readonly quick: boolean;
  readonly shared: string;
  readonly tell: (text: string) => void;
}

export interface MeasuredBench {
  readonly rows: readonly Row[];
  readonly figures: readonly Figure[];
  /** What could not be measured, and why; what went wrong. */
  readonly notes: readonly string[];
  readonly failed: boolean;
}

/** A file system in memory, where fsync costs nothing. */
const memoryFolder = '/dev/shm';
/** What a row is called that was run where fsync costs nothing. */
export const withoutFsync = (name: string): string => `${name}-without-fsync`;

/** Enough for what is tens of times slower, and takes most of the time of a measurement. */
export const peerTurnsMax = 3;

/** Runs a bench as often as its medians need, in turn with the peer. What goes wrong is told and does not throw. */
export async function measure(bench: Bench, options: MeasureOptions): Promise<MeasuredBench> {
  const inMemory = bench.withoutFsyncToo === true && fs.existsSync(memoryFolder);
  const ours: Measured[] = [];
  const memory: Measured[] = [];
  const peers: Measured[] = [];
  const notes: string[] = [];
  let failed = false;
  const turns = options.quick ? 1 : (options.runs ?? bench.runs);
  const attempt = async (into: Measured[], run: Run, parent: string): Promise<void> => {
    try {
      into.push(await once(bench, run, parent, options));
    } catch (error) {
      failed ||= !(error instanceof CannotMeasure);
      const note = `${bench.name}: ${error instanceof Error ? error.message : String(error)}`;
      if (!notes.includes(note)) notes.push(note);
      options.tell(note);
    }
  };
  for (let turn = 1; turn <= turns; turn++) {
    options.tell(`${bench.name}: run ${turn} of ${turns}`);
    await attempt(ours, (context) => bench.run(context), os.tmpdir());
    if (inMemory) await attempt(memory, (context) => bench.run(context), memoryFolder);
    if (options.withPeer && bench.peer && turn <= peerTurnsMax) await attempt(peers, bench.peer, os.tmpdir());
  }
  const memoryRows = inMemory ? bench.rows.map(rowInMemory) : [];
  const figures = [
    ...bench.rows.map((row) => figureOf(row, valuesOf(ours, row.name), valuesOf(peers, row.name))),
    ...memoryRows.map((row, index) => figureOf(row, valuesOf(memory, bench.rows[index]?.name ?? ''))),
  ];
  return {
    rows: [...bench.rows, ...memoryRows],
    // Small sizes meet nothing, and miss nothing.
    figures: options.quick ? figures.map((figure) => ({ ...figure, met: null })) : figures,
    notes,
    failed,
  };
}

type Run = (context: BenchRun) => Promise<Measured>;

async function once(bench: Bench, run: Run, parent: string, options: MeasureOptions): Promise<Measured> {
  const folder = fs.realpathSync(fs.mkdtempSync(path.join(parent, 'millrace-bench-')));
  const { shared, quick, tell } = options;
  open.add(folder);
  try {
    return await within(bench.minutesMax, bench.name, run({ folder, shared, quick, tell }));
  } finally {
    remove(folder);
  }
}

/** Folders of runs that are under way. */
const open = new Set<string>();

/** At the end of the command, however it comes: nothing of a run stays, neither its files nor its processes. */
export function removeRunFolders(shared: string): void {
  for (const folder of [...open, shared]) remove(folder);
}

function remove(folder: string): void {
  for (const { pid } of processesWith(folder)) kill9(pid);
  fs.rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  open.delete(folder);
}

/** Told, and held to nothing: the targets are for durable commits. */
function rowInMemory(row: Row): Row {
  const better = row.better ?? (row.target && 'atMost' in row.target ? 'less' : 'more');
  return {
    name: withoutFsync(row.name),
    title: `${row.title}, where fsync costs nothing`,
    unit: row.unit,
    target: null,
    better,
  };
}

function valuesOf(measured: readonly Measured[], name: string): readonly number[] {
  return measured.flatMap((one) => one[name] ?? []).filter((value) => Number.isFinite(value));
}
