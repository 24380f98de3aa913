import { logFlags } from './diff-flags.ts';
import { revisionsOf, type Range } from './find-ends.ts';
import { gitLines } from './git-process.ts';
import type { GitView } from './git-view.ts';

/** What names a commit: its own name, or where it was imported from Mercurial, its message, which is the node. */
export type IdFormat = '%H' | '%s';

/** A commit of the period. */
export interface Changeset {
  readonly id: string;
  /** Committer date, seconds since 1970. */
  readonly seconds: number;
  /** The author's name, mapped; bytes as latin1. */
  readonly author: string;
}

/**
 * The commits that the end has and the start has not: all that are no merges, or all along first parents,
 * merges with them.
 */
export async function* changesets(
  view: GitView,
  range: Range,
  which: '--no-merges' | '--first-parent',
  idFormat: IdFormat,
): AsyncGenerator<Changeset> {
  const format = `--format=${idFormat} %ct %aN`;
  const args = [...mailmapOf(range), 'log', ...logFlags, which, format];
  for await (const line of gitLines(view, [...args, '--end-of-options', ...revisionsOf(range), '--'])) {
    yield changesetOf(line);
  }
}

/** Names are mapped as the period's last commit says, whatever is checked out. */
export function mailmapOf({ end }: Range): string[] {
  return ['-c', `mailmap.blob=${end.id}:.mailmap`];
}

/** Reads `id seconds author`. */
function changesetOf(line: string): Changeset {
  const first = line.indexOf(' ');
  const second = line.indexOf(' ', first + 1);
  return {
    id: line.slice(0, first),
    seconds: Number(line.slice(first + 1, second)),
    author: line.slice(second + 1),
  };
}
