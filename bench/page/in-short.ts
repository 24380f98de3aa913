import type { Bench } from '../harness/bench.ts';
import type { Figure, Row } from '../harness/figure.ts';
import { short } from '../harness/table.ts';

/** How many targets are met, and which ones are not: what a reader wants to know before the tables. */
export function inShort(benches: readonly Bench[], figures: ReadonlyMap<string, Figure>): string {
  const held = benches.flatMap(({ rows }) => rows).filter(({ target }) => target !== null);
  const measured = held.flatMap((row) => {
    const figure = figures.get(row.name);
    return figure === undefined || figure.met === null ? [] : [{ row, figure }];
  });
  const missed = benches.flatMap((bench) =>
    measured
      .filter(({ row, figure }) => bench.rows.includes(row) && figure.met === false)
      .map((one) => ({ bench, ...one })),
  );
  const met = measured.length - missed.length;
  const lines = missed.map(
    ({ bench, row, figure }) =>
      `- \`${bench.name}\`, ${row.title}: ${short(figure.value)} ${figure.unit}, target ${short(figure.target)}${verdict(row, figure)}`,
  );
  return `## In short

Of ${held.length} figures that have a target, ${measured.length} were measured and ${met} ${met === 1 ? 'meets' : 'meet'} it.${
    lines.length === 0 ? '' : ` What limits the others is told under their tables:\n\n${lines.join('\n')}`
  }
`;
}

/** `: met`, or how much of the target was reached, 100% being all of it; nothing where that was not measured. */
export function verdict(row: Row, { met, value }: Figure): string {
  if (met === null || value === null || row.target === null) return '';
  if (met) return ': met';
  const share = 'atLeast' in row.target ? value / row.target.atLeast : row.target.atMost / value;
  return `: missed, ${Math.floor(share * 100)}% of it reached`;
}
