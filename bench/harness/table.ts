import type { Bench } from './bench.ts';
import type { Figure } from './figure.ts';

/** The rows of a bench for a terminal. */
export function table(bench: Bench, rows: readonly Figure[]): string {
  const lines = rows.map((row) => [
    bench.rows.find(({ name }) => name === row.name)?.title ?? row.name,
    `${short(row.value)} ${row.unit}`,
    `${short(row.min)} to ${short(row.max)}, ${row.runs} runs`,
    row.target === null ? '' : `${row.met === true ? 'meets' : 'misses'} ${short(row.target)}`,
    row.peer === null ? '' : `Buildbot ${short(row.peer)}: ${short(row.ratio ?? Number.NaN)} times`,
  ]);
  const widths = [0, 1, 2, 3].map((column) => Math.max(...lines.map((line) => line[column]?.length ?? 0)));
  const text = lines.map((line) => line.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  '));
  return [bench.title, ...text.map((line) => `  ${line.trimEnd()}`), ''].join('\n');
}

/** Three digits that matter. */
export function short(value: number): string {
  return Number.isFinite(value) ? String(Number(value.toPrecision(3))) : '-';
}
