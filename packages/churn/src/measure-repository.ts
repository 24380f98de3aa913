import path from 'node:path';
import type { AuthorTally } from './count/author-rows.ts';
import { CommitDays } from './count/commit-days.ts';
import { directoryRows } from './count/directory-rows.ts';
import { figuresOf } from './count/figures.ts';
import type { SeenCommits } from './count/seen-commits.ts';
import { authorLines } from './git/author-lines.ts';
import { changesets } from './git/changesets.ts';
import type { DatedCommit, Range } from './git/find-ends.ts';
import { historyChanges, type Changes, type HistoryChanges } from './git/history.ts';
import { linesAt, type LinesAt } from './git/lines-at.ts';
import { survivingLines, type SurvivalPoint } from './git/survival.ts';
import type { Period } from './period/period.ts';
import type { RepositoryProgress } from './progress.ts';
import type { DirectoryRow, End, RepositoryReport } from './report.ts';
import { allOrNone } from './run/all-or-none.ts';
import type { Source } from './source.ts';

/** What is wanted of one repository. */
export interface RepositoryRequest {
  readonly name: string;
  readonly path: string;
  readonly period: Period;
  /** Pathspecs. */
  readonly exclude: readonly string[];
  readonly directoryDepth: number;
  readonly authors: boolean;
  /** Moments at which the start's lines are looked for again; none where survival was not asked. */
  readonly survivalMoments: readonly number[];
  readonly progress: RepositoryProgress;
}

/** What all repositories add to: commits that stand in several count once there. */
export interface SharedTally {
  readonly changesets: SeenCommits;
  readonly firstParents: SeenCommits;
  readonly days: CommitDays;
  readonly authors: AuthorTally;
  counts: { changesets: number; firstParentChangesets: number };
}

export interface MeasuredRepository {
  readonly report: RepositoryReport;
  readonly directories: readonly DirectoryRow[];
  readonly byDay: ReadonlyMap<number, Changes>;
  readonly survival: readonly SurvivalPoint[];
}

/** Counts one repository. Git runs at most twice at a time; `stop` ends the one where the other fails. */
export async function measureRepository(
  source: Source,
  request: RepositoryRequest,
  shared: SharedTally,
  stop: AbortController,
): Promise<MeasuredRepository> {
  const { start, end, behind, firstParentChangesets } = source.ends;
  const range = end && { end, behind };
  const [history, counted] = await allOrNone(stop, [
    range ? countHistory(source, range, request, firstParentChangesets) : Promise.resolve(null),
    countEnds(source, range, request, shared),
  ]);
  const { atStart, atEnd, days, changesetCount } = counted;
  if (range && request.authors) await countAuthors(source, range, request, changesetCount, shared);
  const changes = history?.whole ?? { added: 0, removed: 0, binaryCorrection: 0 };
  const counts = {
    linesAtStart: atStart.lines,
    linesAtEnd: atEnd.lines,
    ...changes,
    changesets: changesetCount,
    changesetsDatedOutside: days.datedOutside,
    firstParentChangesets,
    daysWithoutCommit: days.daysWithoutCommit,
  };
  return {
    report: {
      name: request.name,
      path: path.resolve(request.path),
      kind: source.kind,
      branch: source.branch,
      start: endOf(source.startName, start, atStart),
      end: endOf(source.endName, end, atEnd),
      ...figuresOf(request.path, counts, request.period.days),
    },
    directories: directoryRows(request.name, atStart, atEnd, history),
    byDay: history?.byDay ?? new Map(),
    survival: start && range ? await countSurvival(source, start.id, range, atStart.lines, request) : [],
  };
}

function countHistory(
  source: Source,
  range: Range,
  { period, exclude, directoryDepth, progress }: RepositoryRequest,
  commits: number,
): Promise<HistoryChanges> {
  const onCommit = progress.begin('history', commits);
  return historyChanges(source.view, range, period, exclude, directoryDepth, onCommit);
}

interface CountedEnds {
  readonly atStart: LinesAt;
  readonly atEnd: LinesAt;
  readonly days: CommitDays;
  readonly changesetCount: number;
}

async function countEnds(
  source: Source,
  range: Range | null,
  { period, exclude, directoryDepth, authors }: RepositoryRequest,
  shared: SharedTally,
): Promise<CountedEnds> {
  const { view, ends, idFormat } = source;
  const days = new CommitDays(period);
  let changesetCount = 0;
  if (range) {
    for await (const { id, seconds, author } of changesets(view, range, '--no-merges', idFormat)) {
      changesetCount += 1;
      days.changeset(seconds);
      if (!shared.changesets.add(id)) continue;
      shared.counts.changesets += 1;
      shared.days.changeset(seconds);
      if (authors) shared.authors.changeset(author);
    }
    for await (const { id, seconds } of changesets(view, range, '--first-parent', idFormat)) {
      days.dated(seconds);
      shared.days.dated(seconds);
      if (shared.firstParents.add(id)) shared.counts.firstParentChangesets += 1;
    }
  }
  const atStart = await linesAt(view, ends.start?.id ?? null, exclude, directoryDepth);
  const atEnd = await linesAt(view, ends.end?.id ?? null, exclude, directoryDepth);
  return { atStart, atEnd, days, changesetCount };
}

async function countAuthors(
  source: Source,
  range: Range,
  { exclude, progress }: RepositoryRequest,
  commits: number,
  shared: SharedTally,
): Promise<void> {
  shared.authors.lines(await authorLines(source.view, range, exclude, progress.begin('authors', commits)));
}

function countSurvival(
  source: Source,
  start: string,
  range: Range,
  linesAtStart: number,
  { survivalMoments, exclude, progress }: RepositoryRequest,
): Promise<SurvivalPoint[]> {
  if (survivalMoments.length === 0) return Promise.resolve([]);
  const onPoint = progress.begin('survival', survivalMoments.length);
  return survivingLines(source.view, start, range, linesAtStart, survivalMoments, exclude, onPoint);
}

function endOf(name: string | null, commit: DatedCommit | null, lines: LinesAt): End | null {
  if (name === null || commit === null) return null;
  const date = new Date(commit.seconds * 1000);
  return {
    commit: name,
    date: Number.isNaN(date.getTime()) ? null : date.toISOString(),
    files: lines.files,
    binaryFiles: lines.binaryFiles,
  };
}
