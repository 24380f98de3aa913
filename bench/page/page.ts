import type { Bench } from '../harness/bench.ts';
import type { Reference, Row } from '../harness/figure.ts';
import type { Machine } from '../harness/machine.ts';
import { peerTurnsMax, withoutFsync } from '../harness/measure.ts';
import { short } from '../harness/table.ts';
import { inShort, verdict } from './in-short.ts';
import type { RemarkedFigure } from './read-figures.ts';

export interface PageParts {
  readonly benches: readonly Bench[];
  readonly figures: ReadonlyMap<string, RemarkedFigure>;
  /** The text of notes.md: a part for each bench, headed by its name. */
  readonly notes: string;
  readonly machine: Machine;
  /** Of the measurement: `2026-11-22`. */
  readonly date: string;
}

/** The page of all figures: no row is left out, whether it was measured or not. */
export function page({ benches, figures, notes, machine, date }: PageParts): string {
  const byBench = notesByBench(notes);
  return `<!-- Written by \`node bench/write-page.ts FIGURES\`; what limits each figure is told in bench/notes.md. -->

# Benchmarks

What millrace does on one machine, beside Buildbot on the same machine in the same run. One command measures everything, another writes this page:

\`\`\`sh
npm run -s bench -- --all --peer --json > figures.jsonl
node bench/write-page.ts figures.jsonl
\`\`\`

## How it is measured

- Real processes, unless a row says that its workers are simulated: a master, a worker with its agent and its slots, clients, all on this one machine, so that they share its cores. The embedded store, durable commits: what is acknowledged has been made durable with fsync. Rows *where fsync costs nothing* are the same with everything in memory (\`/dev/shm\`).
- Each figure is the median of its runs, with the least and the greatest beside it; rows that take over five minutes a run are run once. Buildbot (Debian's packages, on SQLite) is measured in turn with ours, in the first ${peerTurnsMax} turns, and *times* is how many times as good ours is.
- CPU is that of the master's process with all its threads; its children (git, where there is one) are left out.
- *Elsewhere* are figures of the same work on the same kind of machine, measured apart from these: Buildbot 3.7 on SQLite, in parentheses on PostgreSQL, and Laminar 1.4, which is C++, runs on one machine, and keeps its queue and its logs in memory.
- Where Buildbot's figure of the same run is worse than the one from elsewhere, the machine was slower on that day, for ours too.
- A machine that others use is told of: its figures are noisy.

## The machine

${machine.cores} cores (${machine.cpu}), ${short(machine.memoryBytes / 1024 ** 3)} GiB, ${machine.system}, Node ${machine.node}. A write of 4 KiB with fdatasync takes ${short(machine.fsyncMs)} ms (median of 50). Measured on ${date}.
${remarks(figures)}
${inShort(benches, figures)}
${benches.map((bench) => part(bench, figures, byBench.get(bench.name) ?? '')).join('\n')}`;
}

function part(bench: Bench, figures: PageParts['figures'], note: string): string {
  const inMemory = bench.rows
    .map((row): Row => ({ ...row, ...namedInMemory(row) }))
    .filter(({ name }) => figures.has(name));
  const lines = [...bench.rows, ...inMemory].map((row) => line(row, figures.get(row.name)));
  const missing = new Set(bench.rows.flatMap(({ name }) => figures.get(name)?.notes ?? []));
  const again = `\`npm run -s bench -- ${bench.name}${bench.peer ? ' --peer' : ''}\``;
  return `## ${bench.title}

| work | millrace | spread | target | Buildbot | times | elsewhere |
| --- | --- | --- | --- | --- | --- | --- |
${lines.join('\n')}

Again: ${again}
${[...missing].map((text) => `\nNot measured: ${text}\n`).join('')}${note === '' ? '' : `\n${note}\n`}`;
}

function namedInMemory(row: Row): Pick<Row, 'name' | 'title' | 'reference'> {
  return { name: withoutFsync(row.name), title: `${row.title}, where fsync costs nothing`, reference: {} };
}

function line(row: Row, figure: RemarkedFigure | undefined): string {
  if (figure === undefined) return `| ${row.title} | not measured | | | | | ${elsewhere(row.reference)} |`;
  const sign = row.target !== null && 'atMost' in row.target ? 'at most' : 'at least';
  const target = figure.target === null ? '' : `${sign} ${short(figure.target)}${verdict(row, figure)}`;
  const cells = [
    row.title,
    figure.value === null ? 'not measured' : `**${short(figure.value)}** ${figure.unit}`,
    figure.runs > 1 ? `${short(figure.min)} to ${short(figure.max)}, ${figure.runs} runs` : 'one run',
    target,
    figure.peer === null ? '' : short(figure.peer),
    figure.ratio === null ? '' : short(figure.ratio),
    elsewhere(row.reference),
  ];
  return `| ${cells.join(' | ')} |`;
}

function elsewhere({ buildbot, buildbotPostgres, laminar }: Reference = {}): string {
  const postgres = buildbotPostgres === undefined ? '' : ` (${buildbotPostgres})`;
  return [
    buildbot === undefined ? '' : `Buildbot ${buildbot}${postgres}`,
    laminar === undefined ? '' : `Laminar ${laminar}`,
  ]
    .filter((text) => text !== '')
    .join('; ');
}

function remarks(figures: PageParts['figures']): string {
  const all = [...figures.values()];
  const said: string[] = [];
  if (all.some(({ quick }) => quick))
    said.push('**Sizes were small (`--quick`): these are not the real figures.**');
  const noisy = all.filter(({ noisy: text }) => text !== undefined).map(({ name }) => `\`${name}\``);
  if (noisy.length > 0)
    said.push(`**The machine was busy when these were measured, so they are noisy:** ${noisy.join(', ')}.`);
  return said.map((text) => `\n${text}\n`).join('');
}

function notesByBench(notes: string): ReadonlyMap<string, string> {
  const parts = notes.split(/^## /mu).slice(1);
  return new Map(
    parts.map((text) => {
      const [name = '', ...rest] = text.split('\n');
      return [name.trim(), rest.join('\n').trim()];
    }),
  );
}
