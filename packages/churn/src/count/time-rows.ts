import type { Changes } from '../git/history.ts';
import type { Period } from '../period/period.ts';
import { dayName } from '../period/time-zone.ts';
import type { TimeRow } from '../report.ts';

/** One row for each calendar day of the period, from what came and went on it. */
export function dayRows(
  period: Period,
  linesAtStart: number,
  changes: ReadonlyMap<number, Changes>,
  changesets: ReadonlyMap<number, number>,
): TimeRow[] {
  let linesAtEnd = linesAtStart;
  return Array.from({ length: period.days }, (_unused, index) => {
    const day = period.firstDay + index;
    const { added, removed, binaryCorrection } = changes.get(day) ?? {
      added: 0,
      removed: 0,
      binaryCorrection: 0,
    };
    const growth = added - removed + binaryCorrection;
    linesAtEnd += growth;
    const time = dayName(day);
    return {
      time,
      linesAtEnd,
      growth,
      added,
      removed,
      binaryCorrection,
      changesets: changesets.get(day) ?? 0,
    };
  });
}

/** One row for each calendar month that the days touch. */
export function monthRows(days: readonly TimeRow[]): TimeRow[] {
  return mergedRows(days, (day) => day.time.slice(0, -3));
}

/** Rows that follow each other and have the same name, as one. */
export function mergedRows(
  rows: readonly TimeRow[],
  nameOf: (row: TimeRow, index: number) => string,
): TimeRow[] {
  const merged: TimeRow[] = [];
  for (const [index, row] of rows.entries()) {
    const time = nameOf(row, index);
    const last = merged.at(-1);
    if (last?.time !== time) {
      merged.push({ ...row, time });
      continue;
    }
    merged[merged.length - 1] = {
      time,
      linesAtEnd: row.linesAtEnd,
      growth: last.growth + row.growth,
      added: last.added + row.added,
      removed: last.removed + row.removed,
      binaryCorrection: last.binaryCorrection + row.binaryCorrection,
      changesets: last.changesets + row.changesets,
    };
  }
  return merged;
}
