import { changeFlags, logFlags } from './diff-flags.ts';
import { mailmapOf } from './changesets.ts';
import { revisionsOf, type Range } from './find-ends.ts';
import { gitOutput } from './git-process.ts';
import type { GitView } from './git-view.ts';
import { RawNumstatParser } from './raw-numstat.ts';

/** Lines that an author's commits added and removed. */
export interface AuthorLines {
  added: number;
  removed: number;
}

/**
 * Counts what each commit that is no merge changes, by its author (latin1 bytes). These do not sum to what
 * came and went along first parents: a line that one commit of a topic adds and the next one removes counts
 * twice here and not at all there, and what a merge itself resolves is nobody's. The rest is the report's to
 * show.
 */
export async function authorLines(
  view: GitView,
  range: Range,
  exclude: readonly string[],
  onCommit: () => void,
): Promise<ReadonlyMap<string, AuthorLines>> {
  const byAuthor = new Map<string, AuthorLines>();
  let current: AuthorLines = { added: 0, removed: 0 };
  const parser = new RawNumstatParser({
    commit(author) {
      const known = byAuthor.get(author);
      current = known ?? { added: 0, removed: 0 };
      if (known === undefined) byAuthor.set(author, current);
      onCommit();
    },
    file({ added, removed }) {
      current.added += added;
      current.removed += removed;
    },
  });
  const walk = ['--no-merges', '--full-history', '--format=%x01%aN'];
  const args = [...mailmapOf(range), 'log', ...logFlags, ...walk, ...changeFlags];
  for await (const chunk of gitOutput(view, [
    ...args,
    '--end-of-options',
    ...revisionsOf(range),
    '--',
    ...exclude,
  ])) {
    parser.push(chunk);
  }
  return byAuthor;
}
