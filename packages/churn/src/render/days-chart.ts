import type { TimeRow } from '../report.ts';
import { chart, plane } from './chart-frame.ts';
import { px } from './markup.ts';
import { counted } from './number.ts';

const weekdays = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'];
const top = 24;
const cellMax = 16;

/** A square for each day: weeks go right, Monday is on top; the fuller, the more changesets. */
export function daysChart(days: readonly TimeRow[]): string {
  const firstWeekday = (new Date(`${days[0]!.time}T00:00:00Z`).getUTCDay() + 6) % 7;
  const weeks = Math.ceil((days.length + firstWeekday) / 7);
  const cell = Math.min(cellMax, (plane.right - plane.left) / weeks);
  const most = Math.max(1, ...days.map((day) => day.changesets));
  const place = (index: number) =>
    [plane.left + Math.floor((index + firstWeekday) / 7) * cell, (index + firstWeekday) % 7] as const;
  const squares = days.map((day, index) => {
    const [left, row] = place(index);
    const title = `<title>${day.time}: ${counted(day.changesets, 'changeset')}</title>`;
    const size = px(cell * 0.84);
    return `<rect class="day d${level(day.changesets, most)}" x="${px(left)}" y="${px(top + row * cell)}" width="${size}" height="${size}" rx="2">${title}</rect>`;
  });
  const names = weekdays
    .filter((_name, row) => row % 2 === 0)
    .map((name, row) => {
      const y = px(top + row * 2 * cell + cell * 0.42);
      return `<text class="tick" x="${plane.left - 8}" y="${y}" dy="0.32em" text-anchor="end">${name}</text>`;
    });
  const every = Math.max(1, Math.ceil(56 / (cell * 4.3)));
  const months = days
    .map((day, index) => ({
      month: day.time.slice(0, 7),
      index,
      first: day.time.endsWith('-01') || index === 0,
    }))
    .filter(({ first }) => first)
    .filter((_month, number) => number % every === 0)
    .map(({ month, index }) => `<text class="tick" x="${px(place(index)[0])}" y="14">${month}</text>`);
  const height = Math.ceil(top + 7 * cell + 4);
  return chart('Changesets by day', height, [...names, ...months, ...squares].join(''));
}

/** 0 for none, else 1 to 4 by the square root, so that one large day does not hide all others. */
function level(changesets: number, most: number): number {
  return changesets === 0 ? 0 : Math.max(1, Math.ceil(4 * Math.sqrt(changesets / most)));
}
