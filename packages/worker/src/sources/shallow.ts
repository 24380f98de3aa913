import type { GitAccess } from './git-access.ts';
import type { Git } from './git.ts';
import type { Placed } from './placing.ts';

interface Wanted {
  readonly revision: string;
  /** A name, or a full ref. */
  readonly branch: string;
  /** Commits of history. */
  readonly depth: number;
}

/**
 * Fetches a revision with so much of its history. Most servers give one out by its name; of those that do not, the
 * branch is fetched, and all of it where its last commits do not have the revision.
 */
export async function fetchShallow(
  git: Git,
  folder: string,
  { revision, branch, depth }: Wanted,
  access: GitAccess,
): Promise<Placed> {
  const there = (): Promise<boolean> => git.ask(folder, ['cat-file', '-e', `${revision}^{commit}`]);
  if (await there()) return { kind: 'placed' };
  const fetch = ['fetch', '--force', '--no-tags', '--progress', '--no-write-fetch-head'];
  const from = (refspec: string): readonly string[] => ['--end-of-options', access.url, refspec];
  const alone = from(`+${revision}:refs/millrace/${revision}`);
  if (await git.reach(folder, [...fetch, `--depth=${depth}`, ...alone], access)) return { kind: 'placed' };
  if (git.commands.stopped) return { kind: 'stopped' };
  const why = git.commands.lastWords;
  const ref = branch.startsWith('refs/') ? branch : `refs/heads/${branch}`;
  if (!(await git.ask(folder, ['check-ref-format', ref]))) return { kind: 'unreachable', why };
  git.commands.say('The server does not give out a commit by its name: its branch is fetched.');
  const whole = from(`+${ref}:refs/millrace/branch`);
  for (const much of [`--depth=${depth}`, '--unshallow']) {
    if (!(await git.reach(folder, [...fetch, much, ...whole], access)))
      return git.commands.stopped ? { kind: 'stopped' } : missingOr(why, git.commands.lastWords, revision);
    if (await there()) return { kind: 'placed' };
  }
  return { kind: 'missing', revision, empty: false };
}

/** A server that was reached and does not have it says so in one of these ways. */
function missingOr(first: string, second: string, revision: string): Placed {
  const unknown = /not our ref|couldn't find remote ref|no such (?:ref|remote ref)|unadvertised object/i;
  return unknown.test(first) && unknown.test(second)
    ? { kind: 'missing', revision, empty: false }
    : { kind: 'unreachable', why: second };
}
