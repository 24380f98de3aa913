import type { Period } from '../period/period.ts';
import { gitLines, type GitContext } from './git-process.ts';

/** A commit and its committer date in seconds since 1970, as the commit says it, however wrong. */
export interface DatedCommit {
  readonly id: string;
  readonly seconds: number;
}

/** What a period is on a branch: the range start..end along first parents. */
export interface Ends {
  /** A: the first commit before the period's start; `null` where the branch did not exist yet. */
  readonly start: DatedCommit | null;
  /** B: the first commit before the period's end; `null` where the branch did not exist even then. */
  readonly end: DatedCommit | null;
  /** What has the history that is left out: A. `null` where nothing is. */
  readonly behind: string | null;
  /** How many commits lie on the way from A to B, B with them. */
  readonly firstParentChangesets: number;
}

/**
 * Walks first parents, the newest first, until both ends are known. A commit that is dated out of order can
 * move an end, but it can never tear a hole into the range: A is an ancestor of B, and all between them counts.
 */
export async function findEnds(walk: AsyncIterable<DatedCommit>, period: Period): Promise<Ends> {
  let end: DatedCommit | null = null;
  let firstParentChangesets = 0;
  for await (const commit of walk) {
    if (end === null && commit.seconds * 1000 < period.untilMs) end = commit;
    if (end === null) continue;
    if (commit.seconds * 1000 < period.sinceMs) {
      return { start: commit, end, behind: commit.id, firstParentChangesets };
    }
    firstParentChangesets += 1;
  }
  return { start: null, end, behind: null, firstParentChangesets };
}

/** The commits along first parents, the newest first. */
export async function* firstParents(
  context: GitContext,
  range: readonly string[],
): AsyncGenerator<DatedCommit> {
  if (range.length === 0) return;
  const args = ['rev-list', '--first-parent', '--timestamp', '--end-of-options', ...range];
  for await (const line of gitLines(context, args)) {
    const space = line.indexOf(' ');
    yield { seconds: Number(line.slice(0, space)), id: line.slice(space + 1) };
  }
}

/** The part of history that is counted: all that the end has and `behind` has not. */
export interface Range {
  readonly end: DatedCommit;
  readonly behind: string | null;
}

/** A range as git's revisions. */
export function revisionsOf({ end, behind }: Range): string[] {
  return behind === null ? [end.id] : [end.id, `^${behind}`];
}
