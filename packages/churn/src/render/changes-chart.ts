import type { TimeRow } from '../report.ts';
import { chart, horizontalGrid, plane, timeLabels } from './chart-frame.ts';
import { px } from './markup.ts';
import { count, counted, short } from './number.ts';
import { linear, ticks } from './scale.ts';

const height = 300;
const baseline = 268;

/** Additions upwards and removals downwards from one line, a pair of bars for each row. */
export function changesChart(rows: readonly TimeRow[]): string {
  const most = Math.max(1, ...rows.map((row) => row.added));
  const least = Math.max(1, ...rows.map((row) => row.removed));
  const axis = ticks(-least, most, 6);
  const y = linear([axis[0]!, axis.at(-1)!], [baseline, plane.top]);
  const x = linear([0, rows.length], [plane.left, plane.right]);
  const gap = Math.min(2, (x(1) - x(0)) * 0.2);
  const bars = rows
    .map((row, index) => {
      const [left, width] = [px(x(index) + gap / 2), px(Math.max(x(1) - x(0) - gap, 0.5))];
      const bar = (name: string, from: number, to: number) =>
        `<rect class="${name}" x="${left}" width="${width}" y="${px(y(from))}" height="${px(y(to) - y(from))}" rx="1"/>`;
      const title = `${row.time}: ${count(row.added)} added, ${count(row.removed)} removed, ${counted(row.changesets, 'changeset')}`;
      const hover = `<rect class="hover" x="${left}" width="${width}" y="${plane.top}" height="${baseline - plane.top}"/>`;
      const both = bar('added', row.added, 0) + bar('removed', 0, -row.removed);
      return `<g><title>${title}</title>${both}${hover}</g>`;
    })
    .join('');
  const zero = `<line class="axis" x1="${plane.left}" x2="${plane.right}" y1="${px(y(0))}" y2="${px(y(0))}"/>`;
  const grid = horizontalGrid(axis, y, (value) => short(Math.abs(value)));
  const times = rows.map((row) => row.time);
  return chart(
    'Lines added and removed over time',
    height,
    grid + bars + zero + timeLabels(times, x, baseline),
  );
}
