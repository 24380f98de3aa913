import type { TimeRow } from '../report.ts';
import { chart, horizontalGrid, plane, timeLabels } from './chart-frame.ts';
import { px } from './markup.ts';
import { count } from './number.ts';
import { linear, ticks } from './scale.ts';

const height = 280;
const baseline = 248;

/** The lines at the end of each row, as a curve from what stood at the start. Its axis need not begin at 0. */
export function linesChart(rows: readonly TimeRow[], linesAtStart: number): string {
  const values = [linesAtStart, ...rows.map((row) => row.linesAtEnd)];
  const axis = ticks(Math.min(...values), Math.max(...values), 5);
  const y = linear([axis[0]!, axis.at(-1)!], [baseline, plane.top]);
  const x = linear([0, rows.length], [plane.left, plane.right]);
  const points = values.map((value, index) => `${px(x(index))},${px(y(value))}`);
  const area = `M${px(x(0))},${baseline}L${points.join('L')}L${px(x(rows.length))},${baseline}Z`;
  const hovers = rows
    .map((row, index) => {
      const title = `<title>${row.time}: ${count(row.linesAtEnd)} lines</title>`;
      const [left, width] = [x(index), x(index + 1) - x(index)];
      return `<rect class="hover" x="${px(left)}" y="${plane.top}" width="${px(width)}" height="${baseline - plane.top}">${title}</rect>`;
    })
    .join('');
  const last = `<circle class="last" cx="${px(x(rows.length))}" cy="${px(y(values.at(-1)!))}" r="4"/>`;
  const curve = `<path class="area" d="${area}"/><path class="curve" d="M${points.join('L')}"/>${last}`;
  const times = rows.map((row) => row.time);
  return chart(
    'Lines over time',
    height,
    horizontalGrid(axis, y) + curve + timeLabels(times, x, baseline) + hovers,
  );
}
