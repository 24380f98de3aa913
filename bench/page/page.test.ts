import fs from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { benches } from '../benches.ts';
import { figureOf } from '../harness/figure.ts';
import { page } from './page.ts';
import { readFigures } from './read-figures.ts';
import type { RemarkedFigure } from './read-figures.ts';

const notes = fs.readFileSync(path.join(import.meta.dirname, '../notes.md'), 'utf8');
const machine = {
  cpu: 'A CPU',
  cores: 2,
  memoryBytes: 2 ** 34,
  system: 'Linux 6',
  node: 'v24',
  fsyncMs: 0.5,
};
const pageOf = (figures: ReadonlyMap<string, RemarkedFigure>): string =>
  page({ benches, figures, notes, machine, date: '2026-01-31' });

test('no row is left out, whether it was measured or not', () => {
  const text = pageOf(new Map());
  for (const { title } of benches.flatMap(({ rows }) => rows))
    expect(text).toContain(`| ${title} | not measured |`);
});

test('every row has a name of its own, and every bench its notes', () => {
  const names = benches.flatMap(({ rows }) => rows.map(({ name }) => name));
  expect(new Set(names).size).toBe(names.length);
  const noted = [...notes.matchAll(/^## (.*)$/gmu)].map(([, name]) => name);
  expect(new Set(noted)).toEqual(new Set(benches.map(({ name }) => name)));
});

test('a figure stands with its spread, its target and the peer; a busy machine is told of', () => {
  const row = benches[0]?.rows[0];
  if (!row) throw new Error('there is a first row');
  const figure = { ...figureOf(row, [190, 210, 205], [5]), noisy: 'this machine is busy' };
  const text = pageOf(readFigures(`${JSON.stringify(figure)}\n`));
  expect(text).toContain(
    `| ${row.title} | **205** MB/s | 190 to 210, 3 runs | at least 200: met | 5 | 41 | Buildbot 5.6 (5.9); Laminar 50; frozen for 1.2 s at the end |`,
  );
  expect(text).toContain(`so they are noisy:** \`${row.name}\`.`);
});

test('what is missed is told first, with how much of the target was reached', () => {
  const rows = benches.flatMap((bench) => bench.rows);
  const figureIn = (name: string, value: number): RemarkedFigure => {
    const row = rows.find((one) => one.name === name);
    if (!row) throw new Error(`there is no ${name}`);
    return figureOf(row, [value]);
  };
  const figures = [figureIn('log-64mb', 210), figureIn('log-2gb', 216), figureIn('force-idle-p50', 7)];
  const text = pageOf(new Map(figures.map((figure) => [figure.name, figure])));
  expect(text).toMatch(/3 were measured and 1 meets it\./u);
  expect(text).toMatch(/^- `log`, one build, 2 GB: 216 MB\/s, target 270: missed, 80% of it reached$/mu);
  expect(text).toMatch(/^- `force`, idle, p50: 7 ms, target 5: missed, 71% of it reached$/mu);
});

test('a line that is no figure is told with its number', () => {
  expect(() => readFigures('\n{"value":1}\n')).toThrow('line 2 is no figure');
});
