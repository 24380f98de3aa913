import { ChurnError } from '../churn-error.ts';
import type { Figures } from '../report.ts';

/** What is counted; the rest of the figures follows from it. */
export interface Counts {
  readonly linesAtStart: number;
  readonly linesAtEnd: number;
  readonly added: number;
  readonly removed: number;
  readonly binaryCorrection: number;
  readonly changesets: number;
  readonly changesetsDatedOutside: number;
  readonly firstParentChangesets: number;
  readonly daysWithoutCommit: number;
}

/**
 * Figures from counts that were made independently: lines at both ends, and what came and went between.
 *
 * @param what names them in the error
 * @throws ChurnError `does-not-reconcile` where the two contradict each other
 */
export function figuresOf(what: string, counts: Counts, days: number): Figures {
  const { linesAtStart, linesAtEnd, added, removed, binaryCorrection, changesets } = counts;
  const growth = linesAtEnd - linesAtStart;
  if (growth !== added - removed + binaryCorrection) {
    const ends = `${linesAtEnd} - ${linesAtStart} = ${growth}`;
    const between = `${added} - ${removed} + ${binaryCorrection} = ${added - removed + binaryCorrection}`;
    throw new ChurnError('does-not-reconcile', `${what}: at the ends ${ends}, between them ${between}`);
  }
  return {
    linesAtStart,
    linesAtEnd,
    growth,
    added,
    removed,
    binaryCorrection,
    changesets,
    changesetsDatedOutside: counts.changesetsDatedOutside,
    firstParentChangesets: counts.firstParentChangesets,
    perDay: changesets / days,
    addedPerDay: added / days,
    removedPerDay: removed / days,
    rewrittenShare: linesAtStart === 0 ? null : removed / linesAtStart,
    daysWithoutCommit: counts.daysWithoutCommit,
  };
}

/** The sum of repositories; commits are counted by whoever knows which ones stand in several. */
export function sumOf(
  figures: readonly Figures[],
  commits: Pick<
    Counts,
    'changesets' | 'changesetsDatedOutside' | 'firstParentChangesets' | 'daysWithoutCommit'
  >,
  days: number,
): Figures {
  const sum = (field: 'linesAtStart' | 'linesAtEnd' | 'added' | 'removed' | 'binaryCorrection') =>
    figures.reduce((total, one) => total + one[field], 0);
  const lines = {
    linesAtStart: sum('linesAtStart'),
    linesAtEnd: sum('linesAtEnd'),
    added: sum('added'),
    removed: sum('removed'),
    binaryCorrection: sum('binaryCorrection'),
  };
  return figuresOf('total', { ...lines, ...commits }, days);
}
