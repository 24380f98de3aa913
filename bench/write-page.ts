/*
 * Writes docs/benchmarks.md of what the benches said:
 *
 *   npm run -s bench -- --all --peer --json > figures.jsonl
 *   node bench/write-page.ts figures.jsonl
 *
 * on the machine that measured. What limits each figure is told by hand in notes.md.
 */
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { benches } from './benches.ts';
import { machine } from './harness/machine.ts';
import { page } from './page/page.ts';
import { readFigures } from './page/read-figures.ts';

const [file] = process.argv.slice(2);
if (file === undefined) {
  console.error('write-page.ts FIGURES: the file that `npm run -s bench -- --all --peer --json` printed');
  process.exit(2);
}
const root = path.resolve(import.meta.dirname, '..');
const text = page({
  benches,
  figures: readFigures(fs.readFileSync(file, 'utf8')),
  notes: fs.readFileSync(path.join(import.meta.dirname, 'notes.md'), 'utf8'),
  machine: machine(os.tmpdir()),
  date: fs.statSync(file).mtime.toISOString().slice(0, 10),
});
const target = path.join(root, 'docs/benchmarks.md');
fs.writeFileSync(target, text);
spawnSync(path.join(root, 'node_modules/.bin/oxfmt'), [target], { stdio: 'inherit' });
