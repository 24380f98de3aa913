/* Charts are drawn in a box 1,000 wide and 100 high, whose lower edge is 0 of the values, and stretched to their place. */
export const boxWidth = 1_000;
export const boxHeight = 100;

/** A point's place on the axis of time, both from 0 to 1. */
export interface Place {
  readonly from: number;
  readonly to: number;
}

export interface Column extends Place {
  /** From 0 to 1 of the height. */
  readonly low: number;
  readonly high: number;
}

/** Where points of a time so long each lie between `from` and `to`; what is outside is cut off. */
export function placesOf(
  points: readonly { readonly at: number }[],
  stepMs: number,
  { from, to }: { readonly from: number; readonly to: number },
): readonly Place[] {
  const place = (at: number): number => Math.min(1, Math.max(0, (at - from) / (to - from)));
  return points.map(({ at }) => ({ from: place(at), to: place(at + stepMs) }));
}

/** An area with steps: nothing is drawn between columns that do not touch. */
export function areaPath(columns: readonly Column[]): string {
  return runs(columns)
    .map((run) => {
      const above = run.map(({ from, to, high }) => `${x(from)},${y(high)} ${x(to)},${y(high)}`);
      const below = run.toReversed().map(({ from, to, low }) => `${x(to)},${y(low)} ${x(from)},${y(low)}`);
      return `M${[...above, ...below].join(' ')}Z`;
    })
    .join('');
}

/** The upper edge of such an area. */
export function linePath(columns: readonly Column[]): string {
  return runs(columns)
    .map(
      (run) => `M${run.map(({ from, to, high }) => `${x(from)},${y(high)} ${x(to)},${y(high)}`).join(' ')}`,
    )
    .join('');
}

/** A little above the greatest value, and round. */
export function roundCeiling(value: number): number {
  if (!(value > 0)) return 1;
  const power = 10 ** Math.floor(Math.log10(value));
  const step = [1, 1.5, 2, 3, 4, 5, 6, 8, 10].find((times) => times * power >= value * 0.999) ?? 10;
  return Number((step * power).toPrecision(3));
}

/** Stretches of columns that touch. A thousandth of a pixel is no gap. */
function runs(columns: readonly Column[]): readonly (readonly Column[])[] {
  const found: Column[][] = [];
  let last: Column | undefined;
  for (const column of columns) {
    if (last === undefined || column.from - last.to > 1e-6) found.push([]);
    found.at(-1)?.push(column);
    last = column;
  }
  return found;
}

const rounded = (value: number): number => Math.round(value * 100) / 100;
const x = (part: number): number => rounded(part * boxWidth);
const y = (part: number): number => rounded((1 - Math.min(1, Math.max(0, part))) * boxHeight);
