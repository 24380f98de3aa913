import { AuthorTally } from './count/author-rows.ts';
import { CommitDays } from './count/commit-days.ts';
import { excludedPathspecs } from './count/exclude.ts';
import { sumOf } from './count/figures.ts';
import { SeenCommits } from './count/seen-commits.ts';
import { survivalMoments, survivalOf, type FollowedLines } from './count/survival-report.ts';
import { dayRows, monthRows } from './count/time-rows.ts';
import type { Changes } from './git/history.ts';
import { measureRepository, type MeasuredRepository, type SharedTally } from './measure-repository.ts';
import { openSource } from './open-source.ts';
import { periodOf, type Period, type PeriodOptions } from './period/period.ts';
import { RepositoryProgress, type OnProgress } from './progress.ts';
import type { ChurnReport } from './report.ts';
import { distinctRepositories, repositoryNames } from './repository-names.ts';

/** What is to be counted. */
export interface ChurnOptions extends PeriodOptions {
  /** Folders of git or Mercurial repositories, at least one. */
  readonly repositories: readonly string[];
  /** A branch or tag, the same in each; what is checked out by default. */
  readonly branch?: string | undefined;
  /** Patterns of paths that are left out, or a group of them; see docs/churn/README.md. */
  readonly exclude?: readonly string[] | undefined;
  /** Whether lines are counted by author; takes about as long again. */
  readonly authors?: boolean | undefined;
  /** Whether the start's lines are followed through the period; takes a diff for each of 12 moments. */
  readonly survival?: boolean | undefined;
  /** How many names of a path make a directory's row; 1 by default, at most 16. */
  readonly directoryDepth?: number | undefined;
  readonly onProgress?: OnProgress | undefined;
  /** Ends git and rejects with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
  /** Milliseconds since 1970; for the default period. The system's clock by default. */
  readonly now?: (() => number) | undefined;
}

const directoryDepthMax = 16;

/**
 * How much a set of repositories changed in a period. Nothing is written to them, and nothing that a user
 * has set changes a figure.
 *
 * @throws ChurnError with a `code`; nothing is reported then
 */
export async function measureChurn(options: ChurnOptions): Promise<ChurnReport> {
  const period = periodOf(options, (options.now ?? Date.now)());
  const exclude = excludedPathspecs(options.exclude ?? []);
  const paths = await distinctRepositories(options.repositories);
  const names = repositoryNames(paths);
  const stop = new AbortController();
  const signal = options.signal ? AbortSignal.any([options.signal, stop.signal]) : stop.signal;
  const shared: SharedTally = {
    changesets: new SeenCommits(paths.length),
    firstParents: new SeenCommits(paths.length),
    days: new CommitDays(period),
    authors: new AuthorTally(),
    counts: { changesets: 0, firstParentChangesets: 0 },
  };
  const measured: MeasuredRepository[] = [];
  for (const [index, repository] of paths.entries()) {
    const place = { repository, index, repositories: paths.length };
    const progress = new RepositoryProgress(place, options.onProgress);
    await using source = await openSource({
      path: repository,
      branch: options.branch,
      period,
      progress,
      signal,
    });
    const request = {
      name: names[index]!,
      path: repository,
      period,
      exclude,
      directoryDepth: boundedDepth(options.directoryDepth),
      authors: options.authors ?? false,
      survivalMoments: options.survival ? survivalMoments(period) : [],
      progress,
    };
    measured.push(await measureRepository(source, request, shared, stop));
  }
  return reportOf(options, period, measured, shared);
}

function reportOf(
  options: ChurnOptions,
  period: Period,
  measured: readonly MeasuredRepository[],
  shared: SharedTally,
): ChurnReport {
  const { daysWithoutCommit, datedOutside: changesetsDatedOutside } = shared.days;
  const repositories = measured.map(({ report }) => report);
  const total = sumOf(
    repositories,
    { ...shared.counts, changesetsDatedOutside, daysWithoutCommit },
    period.days,
  );
  const changes = summedDays(measured);
  const byDay = dayRows(period, total.linesAtStart, changes, shared.days.changesets);
  return {
    period: {
      since: new Date(period.sinceMs).toISOString(),
      until: new Date(period.untilMs).toISOString(),
      timeZone: period.zone.name,
      days: period.days,
    },
    excluded: options.exclude ?? [],
    repositories,
    total,
    byDirectory: measured.flatMap(({ directories }) => directories),
    byMonth: monthRows(byDay),
    byDay,
    byAuthor: options.authors ? shared.authors.rows(total) : null,
    survival: options.survival ? survivalOf(period, followedLines(measured)) : null,
  };
}

function summedDays(measured: readonly MeasuredRepository[]): Map<number, Changes> {
  const sum = new Map<number, Changes>();
  for (const { byDay } of measured) {
    for (const [day, { added, removed, binaryCorrection }] of byDay) {
      const known = sum.get(day) ?? { added: 0, removed: 0, binaryCorrection: 0 };
      sum.set(day, {
        added: known.added + added,
        removed: known.removed + removed,
        binaryCorrection: known.binaryCorrection + binaryCorrection,
      });
    }
  }
  return sum;
}

function followedLines(measured: readonly MeasuredRepository[]): FollowedLines[] {
  return measured.map(({ report, survival }) => ({ linesAtStart: report.linesAtStart, points: survival }));
}

function boundedDepth(depth = 1): number {
  return Math.min(Math.max(Math.trunc(depth) || 1, 1), directoryDepthMax);
}
