import { linesOfVersions } from './blob-lines.ts';
import { changeFlags } from './diff-flags.ts';
import { firstParents, revisionsOf, type Range } from './find-ends.ts';
import { gitOutput } from './git-process.ts';
import type { GitView } from './git-view.ts';
import { RawNumstatParser, type Versions } from './raw-numstat.ts';

/** How many of the start's lines still stood at a moment. */
export interface SurvivalPoint {
  readonly instantMs: number;
  readonly survivingLines: number;
}

/**
 * Follows the lines of A through the period: at each moment, those that the differ still finds in the
 * commit that the branch then stood at. `moments` rise; the last one is B's.
 */
export async function survivingLines(
  view: GitView,
  start: string,
  range: Range,
  linesAtStart: number,
  moments: readonly number[],
  exclude: readonly string[],
  onPoint: () => void,
): Promise<SurvivalPoint[]> {
  const commits = await commitsAt(view, start, range, moments);
  const points: SurvivalPoint[] = [];
  for (const [index, instantMs] of moments.entries()) {
    const gone = await linesGone(view, start, commits[index]!, exclude);
    points.push({ instantMs, survivingLines: linesAtStart - gone });
    onPoint();
  }
  return points;
}

/** For each moment the first commit before it, walking from the end; the start where there is none. */
async function commitsAt(
  view: GitView,
  start: string,
  range: Range,
  moments: readonly number[],
): Promise<string[]> {
  const found: string[] = moments.map(() => start);
  let wanted = moments.length - 1;
  for await (const commit of firstParents(view, revisionsOf(range))) {
    while (wanted >= 0 && commit.seconds * 1000 < moments[wanted]!) found[wanted--] = commit.id;
    if (wanted < 0) break;
  }
  return found;
}

/** Lines of `from` that `to` has not; those of a file that became binary are gone too. */
async function linesGone(
  view: GitView,
  from: string,
  to: string,
  exclude: readonly string[],
): Promise<number> {
  let gone = 0;
  const binary: Versions[] = [];
  const parser = new RawNumstatParser({
    file({ removed, versions }) {
      gone += removed;
      if (versions) binary.push(versions);
    },
  });
  const args = ['diff', ...changeFlags, '--end-of-options', from, to, '--', ...exclude];
  for await (const chunk of gitOutput(view, args)) parser.push(chunk);
  for (const { before } of await linesOfVersions(view, binary)) gone += before;
  return gone;
}
