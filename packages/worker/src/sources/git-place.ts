import path from 'node:path';
import type { CheckoutMode } from '@millrace/protocol/plan';
import type { StepContext } from '../steps/step.ts';
import type { GitAccess } from './git-access.ts';
import { revisionInGitMirror } from './git-mirror.ts';
import type { Git } from './git.ts';
import { mirrorOf } from './mirror.ts';
import type { Placed } from './placing.ts';

/** One repository in its folder: the build's own, or a submodule. */
export interface GitPlace {
  readonly folder: string;
  readonly revision: string;
  /** Null: the history is only what the folder itself has. */
  readonly mirror: string | null;
  readonly mode: CheckoutMode;
}

/** By way of the mirror of its address. */
export async function checkoutByMirror(
  git: Git,
  context: StepContext,
  place: Omit<GitPlace, 'mirror'>,
  access: GitAccess,
): Promise<Placed> {
  const mirror = mirrorOf(context.mirrorsFolder, 'git', access.url);
  const found = await revisionInGitMirror(git, context, mirror, place.revision, access);
  if (found.kind === 'failed') return { kind: 'unreachable', why: found.why };
  if (found.kind === 'missing') return { kind: 'missing', revision: place.revision, empty: found.empty };
  if (found.kind === 'stopped') return found;
  return fillFolder(git, context, { ...place, mirror });
}

/** The revision's files, from what its repository has or can borrow. */
export async function fillFolder(git: Git, context: StepContext, place: GitPlace): Promise<Placed> {
  if (await placeRevision(git, context, place)) return { kind: 'placed' };
  if (git.commands.stopped) return { kind: 'stopped' };
  // What was fetched into the folder itself would go with it.
  if (place.mirror === null) return { kind: 'failed', why: git.commands.lastWords };
  // Whatever a killed build left there is no reason for the next one to fail.
  git.commands.say('This did not work with what was there: the folder is made anew.');
  const removed = await removeFolder(git, context, place.folder);
  if (removed && (await placeRevision(git, context, place))) return { kind: 'placed' };
  if (git.commands.stopped) return { kind: 'stopped' };
  return { kind: 'failed', why: git.commands.lastWords };
}

async function placeRevision(git: Git, context: StepContext, place: GitPlace): Promise<boolean> {
  const { folder, mirror, mode, revision } = place;
  if (mirror !== null) {
    const refs = ['+refs/heads/*:refs/remotes/origin/*', '+refs/tags/*:refs/tags/*'];
    const fetch = ['fetch', '--quiet', '--prune', '--no-write-fetch-head', '--end-of-options', mirror];
    if (!(await makeRepository(git, context, place)) || !(await git.run(folder, [...fetch, ...refs])))
      return false;
  }
  const clean = mode === 'clean' ? '-ffd' : '-ffdx';
  // In this order, for what the new revision has no more, a submodule say, is nobody's only then.
  return (
    (await git.run(folder, ['checkout', '--force', '--progress', '--detach', revision])) &&
    (mode === 'incremental' || (await git.run(folder, ['clean', clean, '--quiet'])))
  );
}

/** An empty repository, or what is there of one, with nobody's locks. Borrowing and having a part do not go together. */
export async function makeRepository(
  git: Git,
  context: StepContext,
  { folder, mirror }: GitPlace,
): Promise<boolean> {
  const { disk } = context;
  const inGit = path.join(folder, '.git');
  const borrowed = path.join(inGit, 'objects', 'info', 'alternates');
  const other =
    mirror === null
      ? disk.list(path.dirname(borrowed)).includes('alternates')
      : disk.list(inGit).includes('shallow');
  if (other && !(await removeFolder(git, context, folder))) return false;
  disk.makeFolder(folder);
  const made = disk.list(inGit).includes('HEAD') || (await git.run(folder, ['init', '--quiet']));
  if (!made) return false;
  if (mirror !== null) disk.writeText(borrowed, `${path.join(mirror, 'objects')}\n`);
  return git.removeLocks(inGit);
}

function removeFolder(git: Git, context: StepContext, folder: string): Promise<boolean> {
  return git.commands.run({ args: ['rm', '-rf', '--', folder], folder: context.dataFolder });
}
