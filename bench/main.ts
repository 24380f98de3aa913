/*
 * `npm run -s bench -- NAME`: see README.md beside this.
 */
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { benches } from './benches.ts';
import { noise } from './harness/machine.ts';
import { measure, removeRunFolders } from './harness/measure.ts';
import { table } from './harness/table.ts';

const { values: options, positionals: names } = parseArgs({
  allowPositionals: true,
  options: {
    all: { type: 'boolean', default: false },
    peer: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
    quick: { type: 'boolean', default: false },
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

const cli = path.resolve(import.meta.dirname, '../packages/cli');
const { bundleIsFresh } = (await import(path.join(cli, 'bin/bundle-state.js'))) as {
  bundleIsFresh: (folder: string) => boolean;
};
if (!bundleIsFresh(cli))
  tell('the bundle is older than the sources, which are slower to start: npm run build');
if (options.quick) tell('--quick: sizes are small, and these are not the figures of the rows');

const shared = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'millrace-bench-shared-')));
process.once('exit', () => removeRunFolders(shared));
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130));

const beware: string[] = [];
for (const bench of benches.filter(({ name }) => options.all || names.includes(name))) {
  const noisy = await noise();
  if (noisy !== undefined) {
    tell(noisy);
    beware.push(`${bench.name}: ${noisy}`);
  }
  const { quick, peer } = options;
  const { rows, figures, notes, failed } = await measure(bench, {
    runs,
    withPeer: peer,
    quick,
    shared,
    tell,
  });
  if (failed) process.exitCode = 1;
  if (options.json) {
    const remarks = {
      ...(noisy !== undefined && { noisy }),
      ...(quick && { quick }),
      ...(notes.length > 0 && { notes }),
    };
    for (const figure of figures) console.log(JSON.stringify({ ...figure, ...remarks }));
    continue;
  }
  console.log(
    table(
      { title: quick ? `${bench.title} (small sizes: not the real figures)` : bench.title },
      rows,
      figures,
    ),
  );
  for (const note of notes) console.log(`  Not measured: ${note}\n`);
}
if (!options.json) for (const sentence of beware) console.log(`Beware: ${sentence}.`);
// A run that was given up may have connections and timers that would keep this process: nobody waits for them.
process.exit();

function usage(): string {
  return `Measures millrace on this machine, and Buildbot beside it.

  npm run -s bench -- NAME...     one or several of those below
  npm run -s bench -- --all       all of them

  --peer       Buildbot's figures too, in the first three turns (Debian's packages buildbot and buildbot-worker)
  --runs N     instead of the usual number of runs
  --quick      small sizes, once: to see that a bench works
  --json       one object a row: name, value (median), unit, target, met, peer, ratio, runs, min, max

${benches.map(({ name, title }) => `  ${name.padEnd(20)} ${title}`).join('\n')}`;
}

function fail(message: string): never {
  tell(message);
  process.exit(2);
}
