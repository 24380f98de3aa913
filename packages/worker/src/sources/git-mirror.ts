import type { StepContext } from '../steps/step.ts';
import type { GitAccess } from './git-access.ts';
import type { Git } from './git.ts';
import { takeMirrorLock } from './mirror.ts';
import type { MirrorAnswer } from './mirror.ts';

/*
 * A git mirror is a bare repository that holds every branch and tag. Builds' folders borrow its objects, so nothing
 * is ever pruned from it.
 */

/** Sees to it that the mirror has the revision. The repository is only asked where it has not. */
export async function revisionInGitMirror(
  git: Git,
  context: StepContext,
  mirror: string,
  revision: string,
  access: GitAccess,
): Promise<MirrorAnswer> {
  context.disk.makeFolder(mirror);
  // Objects are never removed, so looking needs no lock.
  if (isMade(context, mirror) && (await has(git, mirror, revision))) return { kind: 'there' };
  const lock = await takeMirrorLock(git.commands, context, mirror);
  if (lock === undefined) return { kind: 'stopped' };
  try {
    const answer = await fetchRevision(git, context, mirror, revision, access);
    return git.commands.stopped ? { kind: 'stopped' } : answer;
  } finally {
    lock.release();
  }
}

async function fetchRevision(
  git: Git,
  context: StepContext,
  mirror: string,
  revision: string,
  access: GitAccess,
): Promise<MirrorAnswer> {
  const failed = (): MirrorAnswer => ({ kind: 'failed', why: git.commands.lastWords });
  if (!isMade(context, mirror) && !(await git.run(mirror, ['init', '--bare', '--quiet']))) return failed();
  // The lock is ours: what a killed git left locked is nobody's.
  if (!(await git.removeLocks(mirror))) return failed();
  // Another slot may have fetched it while we waited.
  if (await has(git, mirror, revision)) return { kind: 'there' };
  const fetch = ['fetch', '--force', '--no-tags', '--progress', '--no-write-fetch-head'];
  const refs = ['+refs/heads/*:refs/heads/*', '+refs/tags/*:refs/tags/*'];
  if (!(await git.reach(mirror, [...fetch, '--prune', '--end-of-options', access.url, ...refs], access)))
    return failed();
  if (await has(git, mirror, revision)) return { kind: 'there' };
  // On no branch and no tag, as a pull request's head may be: some servers give it out by its name.
  const alone = [`+${revision}:refs/millrace/${revision}`];
  if (await git.reach(mirror, [...fetch, '--end-of-options', access.url, ...alone], access))
    return { kind: 'there' };
  const refsThere = await git.read(mirror, ['for-each-ref', '--count=1']);
  return { kind: 'missing', empty: refsThere === '' };
}

function isMade({ disk }: StepContext, mirror: string): boolean {
  return disk.list(mirror).includes('HEAD');
}

function has(git: Git, mirror: string, revision: string): Promise<boolean> {
  return git.ask(mirror, ['cat-file', '-e', `${revision}^{commit}`]);
}
