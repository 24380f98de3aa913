import type { Survival } from '../report.ts';
import { chart, horizontalGrid, plane } from './chart-frame.ts';
import { px } from './markup.ts';
import { count, percent } from './number.ts';
import { linear, ticks } from './scale.ts';

const height = 220;
const baseline = 188;

/** The share of the start's lines that still stood, moment by moment. */
export function survivalChart({ points }: Survival, since: string): string {
  const lowest = Math.min(...points.map((point) => point.share)) * 100;
  const axis = ticks(lowest, 100, 4).filter((value) => value >= 0 && value <= 100);
  const y = linear([axis[0]! / 100, 1], [baseline, plane.top]);
  const x = linear([0, points.length], [plane.left, plane.right]);
  const grid = horizontalGrid(axis, linear([axis[0]!, 100], [baseline, plane.top]), (value) => `${value}%`);
  const places = [
    `${px(x(0))},${px(y(1))}`,
    ...points.map((point, index) => `${px(x(index + 1))},${px(y(point.share))}`),
  ];
  const dots = points.map((point, index) => {
    const day = point.time.slice(0, 10);
    const title = `<title>${day}: ${percent(point.share)}, ${count(point.survivingLines)} lines</title>`;
    const labelled = index % 2 === 1 && index < points.length - 1;
    const label = `<text class="tick" x="${px(x(index + 1))}" y="${baseline + 18}" text-anchor="middle">${day}</text>`;
    return `<circle class="last" cx="${px(x(index + 1))}" cy="${px(y(point.share))}" r="4">${title}</circle>${labelled ? label : ''}`;
  });
  const start = `<text class="tick" x="${plane.left}" y="${baseline + 18}">${since.slice(0, 10)}</text>`;
  const curve = `<path class="curve" d="M${places.join('L')}"/>`;
  return chart(
    'Share of the lines at the start that still stood',
    height,
    grid + curve + dots.join('') + start,
  );
}
