import path from 'node:path';
import type { CheckoutMode } from '@millrace/protocol/plan';
import type { OpenedCredentials } from '@millrace/protocol/repository/credentials';
import { isLocal, serverOf, sshHostOf, withoutLogins } from '@millrace/protocol/repository/address';
import { folderWithin } from '../steps/folder-within.ts';
import type { StepContext } from '../steps/step.ts';
import type { GitAccess } from './git-access.ts';
import { checkoutByMirror } from './git-place.ts';
import type { Git } from './git.ts';
import { fetchLfs } from './lfs.ts';
import type { Placed } from './placing.ts';
import type { Submodule } from './submodule-list.ts';
import { submodulesMax, submodulesOf } from './submodule-list.ts';
import { submoduleUrl } from './submodule-url.ts';

export interface SubmodulesOf {
  readonly parent: { readonly folder: string; readonly revision: string; readonly url: string };
  /** Those of submodules too. */
  readonly nested: boolean;
  readonly lfs: boolean;
  readonly mode: CheckoutMode;
  /** The repository's whose build it is: the credentials are for its server. */
  readonly rootUrl: string;
  readonly credentials: OpenedCredentials | undefined;
  /** Whether it is a folder of this machine: only then may its submodules be. */
  readonly folders: boolean;
}

const depthMax = 10;

/**
 * Puts the submodules of a revision in their places, each by way of a mirror as the repository itself: nothing that a
 * `.gitmodules` says but paths and addresses is looked at.
 */
export async function placeSubmodules(
  git: Git,
  context: StepContext,
  of: SubmodulesOf,
  depth = 1,
): Promise<Placed> {
  const { folder, revision } = of.parent;
  const list = await submodulesOf(git, folder, revision);
  if (git.commands.stopped) return { kind: 'stopped' };
  if (list === undefined)
    return refused(`The .gitmodules of ${withoutLogins(of.parent.url)} cannot be read.`);
  if (list.length > submodulesMax)
    return refused(`${withoutLogins(of.parent.url)} has more than ${submodulesMax} submodules.`);
  if (list.length > 0 && depth > depthMax)
    return refused(`There are submodules within submodules, more than ${depthMax} deep.`);
  for (const module of list) {
    const placed = await placeOne(git, context, of, module, depth);
    if (placed.kind !== 'placed') return placed;
  }
  return { kind: 'placed' };
}

async function placeOne(
  git: Git,
  context: StepContext,
  of: SubmodulesOf,
  module: Submodule,
  depth: number,
): Promise<Placed> {
  const who = `the submodule '${module.path}'`;
  const url = submoduleUrl(of.parent.url, module.url);
  if (url === undefined || url.startsWith('-'))
    return refused(`The address of ${who} is none: '${withoutLogins(module.url)}'.`);
  if (isLocal(url) && !of.folders)
    return refused(
      `The address of ${who} is a folder ('${withoutLogins(url)}'), which only a repository that is one itself may have.`,
    );
  const relative = path.relative(context.buildFolder, path.join(of.parent.folder, module.path));
  const folder = folderWithin(context, relative);
  if (folder === undefined) return refused(`The path of ${who} leads out of the build's folder.`);
  const access: GitAccess = {
    url,
    credentials: sameServer(of.rootUrl, url) ? of.credentials : undefined,
    folders: of.folders,
  };
  const place = { folder, revision: module.revision, mode: of.mode };
  const placed = await checkoutByMirror(git, context, place, access);
  if (placed.kind === 'missing' || placed.kind === 'unreachable')
    return { ...placed, of: `${who} (${withoutLogins(url)})` };
  if (placed.kind !== 'placed') return placed;
  if (of.lfs) {
    const fetched = await fetchLfs(git, folder, module.revision, access);
    if (fetched.kind !== 'placed') return fetched;
  }
  if (!of.nested) return placed;
  return placeSubmodules(
    git,
    context,
    { ...of, parent: { folder, revision: module.revision, url } },
    depth + 1,
  );
}

/** Whether both are entered by the same door. */
function sameServer(left: string, right: string): boolean {
  const server = serverOf(left) ?? sshHostOf(left);
  return server !== undefined && server === (serverOf(right) ?? sshHostOf(right));
}

function refused(why: string): Placed {
  return { kind: 'refused', why };
}
