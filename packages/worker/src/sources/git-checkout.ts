import { isLocal } from '@millrace/protocol/repository/address';
import type { GitAccess } from './git-access.ts';
import { Git } from './git.ts';
import { checkoutByMirror, fillFolder, makeRepository } from './git-place.ts';
import type { GitPlace } from './git-place.ts';
import { fetchLfs } from './lfs.ts';
import type { Placed, Placing } from './placing.ts';
import { fetchShallow } from './shallow.ts';
import { placeSubmodules } from './submodules.ts';

/**
 * A git repository at one revision. Its objects come from a mirror, and stay there: the folder's own repository
 * borrows them. The branches and tags that the mirror knows are there too, so that `git describe` works. With a depth
 * the mirror is passed by, and the folder has just that much history.
 */
export async function checkoutGit(placing: Placing): Promise<Placed> {
  const { step, context, commands, folder, url, revision, credentials } = placing;
  const git = new Git(commands);
  const mode = step.mode ?? 'fresh';
  const access: GitAccess = { url, credentials, folders: true };
  const placed =
    step.depth === undefined
      ? await checkoutByMirror(git, context, { folder, revision, mode }, access)
      : await checkoutShallow(git, placing, step.depth, access);
  if (placed.kind !== 'placed') return placed;
  if (step.lfs === true) {
    const fetched = await fetchLfs(git, folder, revision, access);
    if (fetched.kind !== 'placed') return fetched;
  }
  if (step.submodules === undefined) return placed;
  return placeSubmodules(git, context, {
    parent: { folder, revision, url },
    nested: step.submodules === 'recursive',
    lfs: step.lfs === true,
    mode,
    rootUrl: url,
    credentials,
    folders: isLocal(url),
  });
}

async function checkoutShallow(
  git: Git,
  { context, folder, revision, branch, step }: Placing,
  depth: number,
  access: GitAccess,
): Promise<Placed> {
  const place: GitPlace = { folder, revision, mirror: null, mode: step.mode ?? 'fresh' };
  if (!(await makeRepository(git, context, place))) return { kind: 'failed', why: git.commands.lastWords };
  const fetched = await fetchShallow(git, folder, { revision, branch, depth }, access);
  return fetched.kind === 'placed' ? fillFolder(git, context, place) : fetched;
}
