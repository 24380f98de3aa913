import type { SurvivalPoint } from '../git/survival.ts';
import type { Period } from '../period/period.ts';
import type { Survival } from '../report.ts';
import { halfLifeDays } from './half-life.ts';

const momentCount = 12;

/** One repository's lines of the start, and how many of them stood at each moment; none where it had no start. */
export interface FollowedLines {
  readonly linesAtStart: number;
  readonly points: readonly SurvivalPoint[];
}

/** The moments at which lines are looked for again: the ends of as many equal parts of the period. */
export function survivalMoments({ sinceMs, untilMs }: Period): number[] {
  const partMs = (untilMs - sinceMs) / momentCount;
  return Array.from({ length: momentCount }, (_unused, index) => Math.round(sinceMs + partMs * (index + 1)));
}

/** What became of the lines of all repositories that had some at the start. */
export function survivalOf(period: Period, repositories: readonly FollowedLines[]): Survival {
  const followed = repositories.filter(({ points }) => points.length > 0);
  const linesAtStart = followed.reduce((sum, repository) => sum + repository.linesAtStart, 0);
  if (linesAtStart === 0) return { halfLifeDays: null, points: [] };
  const points = survivalMoments(period).map((instantMs, index) => {
    const survivingLines = followed.reduce((sum, { points }) => sum + points[index]!.survivingLines, 0);
    return { instantMs, survivingLines, share: survivingLines / linesAtStart };
  });
  const elapsed = points.map(({ instantMs, share }) => ({ elapsedMs: instantMs - period.sinceMs, share }));
  return {
    halfLifeDays: halfLifeDays(elapsed),
    points: points.map(({ instantMs, survivingLines, share }) => {
      return { time: new Date(instantMs).toISOString(), survivingLines, share };
    }),
  };
}
