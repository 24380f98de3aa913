import { escaped, px } from './markup.ts';
import { short } from './number.ts';
import type { Scale } from './scale.ts';

/** The plane of a chart, in units of its view box. */
export const plane = { width: 960, left: 56, right: 948, top: 12 } as const;

/** Horizontal lines at the ticks, each named at its left. */
export function horizontalGrid(
  values: readonly number[],
  y: Scale,
  name: (value: number) => string = short,
): string {
  return values
    .map((value) => {
      const at = px(y(value));
      const line = `<line class="grid" x1="${plane.left}" x2="${plane.right}" y1="${at}" y2="${at}"/>`;
      const label = escaped(name(value));
      return `${line}<text class="tick" x="${plane.left - 8}" y="${at}" dy="0.32em" text-anchor="end">${label}</text>`;
    })
    .join('');
}

/** Names below the plane, as many as fit, the first and then every so many. */
export function timeLabels(times: readonly string[], x: Scale, baseline: number): string {
  const monthStarts = times.flatMap((time, index) => {
    const begins = index === 0 || time.slice(0, 7) !== times[index - 1]!.slice(0, 7);
    return begins ? [index] : [];
  });
  const marked = monthStarts.length > 2 ? monthStarts : times.map((_time, index) => index);
  const every = Math.ceil(marked.length / 12);
  const names = monthStarts.length > 2 ? (time: string) => time.slice(0, 7) : (time: string) => time;
  return marked
    .filter((_index, place) => place % every === 0)
    .filter((index) => x(index) < plane.right - 24)
    .map(
      (index) => `<text class="tick" x="${px(x(index))}" y="${baseline + 18}">${names(times[index]!)}</text>`,
    )
    .join('');
}

/** An SVG with a name for those who do not see it. */
export function chart(label: string, height: number, inner: string): string {
  const box = `0 0 ${plane.width} ${height}`;
  return `<div class="chart"><svg viewBox="${box}" role="img" aria-label="${escaped(label)}">${inner}</svg></div>`;
}
