import { createHash } from 'node:crypto';
import path from 'node:path';
import type { PlannedSource } from '@millrace/protocol/plan';
import type { FileLock } from '../file-lock.ts';
import type { Git } from './git.ts';
import type { StepContext } from './step.ts';

/*
 * A mirror is a bare repository below the worker's data folder, one for each repository URL, that holds every
 * branch and tag. Builds' folders borrow its objects, so nothing is ever pruned from it.
 */

export type MirrorAnswer =
  | { readonly kind: 'there' }
  /** The repository was reached, and has no such revision. */
  | { readonly kind: 'missing' }
  | { readonly kind: 'failed'; readonly why: string }
  | { readonly kind: 'stopped' };

const lockAgainMs = 100;

/** The name is for people, the hash keeps URLs apart that look the same. */
export function mirrorOf(dataFolder: string, url: string): string {
  const last = url.replace(/\/+$/, '').split(/[/:]/).at(-1) ?? '';
  const slug = last
    .replace(/\.git$/, '')
    .replaceAll(/[^\w-]+/g, '-')
    .slice(0, 40);
  const hash = createHash('sha256').update(url).digest('hex').slice(0, 16);
  return path.join(dataFolder, 'mirrors', `${slug}-${hash}.git`);
}

/** Sees to it that the mirror has the revision. The repository is only asked where it has not. */
export async function revisionInMirror(
  git: Git,
  context: StepContext,
  mirror: string,
  source: PlannedSource,
): Promise<MirrorAnswer> {
  context.disk.makeFolder(mirror);
  // Objects are never removed, so looking needs no lock.
  if (isMade(context, mirror) && (await has(git, mirror, source.revision))) return { kind: 'there' };
  const lock = await takeLock(git, context, `${mirror}.lock`);
  if (lock === undefined) return { kind: 'stopped' };
  try {
    const answer = await fetchRevision(git, context, mirror, source);
    return git.stopped ? { kind: 'stopped' } : answer;
  } finally {
    lock.release();
  }
}

async function fetchRevision(
  git: Git,
  context: StepContext,
  mirror: string,
  { url, revision }: PlannedSource,
): Promise<MirrorAnswer> {
  const failed = (): MirrorAnswer => ({ kind: 'failed', why: git.lastWords });
  if (!isMade(context, mirror) && !(await git.run(mirror, ['init', '--bare', '--quiet']))) return failed();
  // The lock is ours: what a killed git left locked is nobody's.
  if (!(await git.removeLocks(mirror))) return failed();
  // Another slot may have fetched it while we waited.
  if (await has(git, mirror, revision)) return { kind: 'there' };
  const fetch = ['fetch', '--force', '--no-tags', '--progress', '--no-write-fetch-head'];
  const refs = ['+refs/heads/*:refs/heads/*', '+refs/tags/*:refs/tags/*'];
  if (!(await git.run(mirror, [...fetch, '--prune', '--end-of-options', url, ...refs]))) return failed();
  if (await has(git, mirror, revision)) return { kind: 'there' };
  // On no branch and no tag, as a pull request's head may be: some servers give it out by its name.
  const alone = [`+${revision}:refs/millrace/${revision}`];
  if (await git.run(mirror, [...fetch, '--end-of-options', url, ...alone])) return { kind: 'there' };
  return { kind: 'missing' };
}

function isMade({ disk }: StepContext, mirror: string): boolean {
  return disk.list(mirror).includes('HEAD');
}

function has(git: Git, mirror: string, revision: string): Promise<boolean> {
  return git.ask(mirror, ['cat-file', '-e', `${revision}^{commit}`]);
}

async function takeLock(git: Git, context: StepContext, file: string): Promise<FileLock | undefined> {
  for (let tries = 0; ; tries++) {
    const lock = context.locks.tryTake(file);
    if (lock !== undefined) return lock;
    if (tries === 0) git.say('Another build is fetching from this repository: waiting for it.');
    if (!(await context.sleep(lockAgainMs))) return undefined;
  }
}
