/*
 * `npm run -s bench -- NAME`: see README.md beside this.
 */
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { benches } from './benches.ts';
import type { Bench, BenchRun } from './harness/bench.ts';
import { figureOf } from './harness/figure.ts';
import type { Figure, Measured } from './harness/figure.ts';
import { noise } from './harness/machine.ts';
import { table } from './harness/table.ts';

const { values: options, positionals: names } = parseArgs({
  allowPositionals: true,
  options: {
    all: { type: 'boolean', default: false },
    peer: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
    runs: { type: 'string' },
    help: { type: 'boolean', short: 'h', default: false },
  },
});

const tell = (text: string): void => void process.stderr.write(`bench: ${text}\n`);

if (options.help || (names.length === 0 && !options.all)) {
  console.log(usage());
  process.exit(options.help ? 0 : 2);
}
const unknown = names.filter((name) => !benches.some((bench) => bench.name === name));
const runs = options.runs === undefined ? undefined : Number(options.runs);
if (unknown.length > 0)
  fail(`there is no ${unknown.join(', ')}; there are ${benches.map(({ name }) => name).join(', ')}`);
if (runs !== undefined && !(Number.isInteger(runs) && runs >= 1 && runs <= 100))
  fail(`--runs takes a whole number from 1 to 100, not ${options.runs}`);

const noisy = await noise();
if (noisy !== undefined) tell(noisy);
const figures: { bench: Bench; rows: readonly Figure[] }[] = [];
for (const bench of benches.filter(({ name }) => options.all || names.includes(name))) {
  const rows = await measure(bench);
  figures.push({ bench, rows });
  if (options.json) for (const row of rows) console.log(JSON.stringify(row));
  else console.log(table(bench, rows));
}
if (noisy !== undefined && !options.json) console.log(`Beware: ${noisy}.`);

async function measure(bench: Bench): Promise<readonly Figure[]> {
  const ours: Measured[] = [];
  const peers: Measured[] = [];
  const turns = runs ?? bench.runs;
  for (let turn = 1; turn <= turns; turn++) {
    tell(`${bench.name}: run ${turn} of ${turns}`);
    ours.push(await once((context) => bench.run(context)));
    if (options.peer && bench.peer) peers.push(await once(bench.peer));
  }
  return bench.rows.map((row) => figureOf(row, valuesOf(ours, row.name), valuesOf(peers, row.name)));
}

async function once(run: (context: BenchRun) => Promise<Measured>): Promise<Measured> {
  const folder = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'millrace-bench-')));
  try {
    return await run({ folder, tell });
  } finally {
    fs.rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  }
}

function valuesOf(measured: readonly Measured[], name: string): readonly number[] {
  return measured.flatMap((one) => one[name] ?? []);
}

function usage(): string {
  return `Measures millrace on this machine, and Buildbot beside it.

  npm run -s bench -- NAME...     one or several of those below
  npm run -s bench -- --all       all of them

  --peer       Buildbot's figures too, in turn with ours (Debian's packages buildbot and buildbot-worker)
  --runs N     instead of the usual number of runs
  --json       one object a row: name, value (median), unit, target, met, peer, ratio, runs, min, max

${benches.map(({ name, title }) => `  ${name.padEnd(20)} ${title}`).join('\n')}`;
}

function fail(message: string): never {
  tell(message);
  process.exit(2);
}
