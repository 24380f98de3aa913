import type { Bench } from './bench.ts';
import type { Figure, Row } from './figure.ts';

/** The rows of a bench for a terminal. */
export function table(bench: Pick<Bench, 'title'>, rows: readonly Row[], figures: readonly Figure[]): string {
  const lines = figures.map((figure) => [
    rows.find(({ name }) => name === figure.name)?.title ?? figure.name,
    `${short(figure.value)} ${figure.unit}`,
    `${short(figure.min)} to ${short(figure.max)}, ${figure.runs} runs`,
    figure.met === null ? '' : `${figure.met ? 'meets' : 'misses'} ${short(figure.target)}`,
    figure.peer === null ? '' : `Buildbot ${short(figure.peer)}: ${short(figure.ratio)} times`,
  ]);
  const widths = [0, 1, 2, 3].map((column) => Math.max(...lines.map((line) => line[column]?.length ?? 0)));
  const text = lines.map((line) => line.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  '));
  return [bench.title, ...text.map((line) => `  ${line.trimEnd()}`), ''].join('\n');
}

/** Three digits that matter; `-` where there is nothing. */
export function short(value: number | null): string {
  return value !== null && Number.isFinite(value) ? String(Number(value.toPrecision(3))) : '-';
}
