import type { HistoryChanges } from '../git/history.ts';
import type { LinesAt } from '../git/lines-at.ts';
import type { DirectoryRow } from '../report.ts';
import { readable } from './directory.ts';

/** One row for each directory that has lines at an end or saw a change, the busiest first. */
export function directoryRows(
  repository: string,
  atStart: LinesAt,
  atEnd: LinesAt,
  history: HistoryChanges | null,
): DirectoryRow[] {
  const changed = history?.byDirectory ?? new Map();
  const names = new Set([...atStart.byDirectory.keys(), ...atEnd.byDirectory.keys(), ...changed.keys()]);
  const rows = [...names].map((name): DirectoryRow => {
    const linesAtStart = atStart.byDirectory.get(name) ?? 0;
    const linesAtEnd = atEnd.byDirectory.get(name) ?? 0;
    const { added, removed, binaryCorrection, commits } = history?.byDirectory.get(name) ?? untouched;
    const growth = linesAtEnd - linesAtStart;
    return {
      repository,
      directory: readable(name),
      linesAtStart,
      linesAtEnd,
      growth,
      added,
      removed,
      binaryCorrection,
      moved: growth - (added - removed + binaryCorrection),
      firstParentChangesets: commits,
    };
  });
  return rows.sort(busiestFirst);
}

const untouched = { added: 0, removed: 0, binaryCorrection: 0, commits: 0 };

function busiestFirst(a: DirectoryRow, b: DirectoryRow): number {
  const byLines = b.added + b.removed - (a.added + a.removed);
  return byLines === 0 ? compareText(a.directory, b.directory) : byLines;
}

/** By code units, so that no locale changes an order. */
export function compareText(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
