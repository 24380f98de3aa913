import path from 'node:path';
import { isFolder } from '@millrace/protocol/repository/address';
import type { GitAccess } from './git-access.ts';
import type { Git } from './git.ts';
import type { Placed } from './placing.ts';

/** What `git lfs install` would write into the user's settings. */
const filters = [
  'filter.lfs.smudge=git-lfs smudge -- %f',
  'filter.lfs.clean=git-lfs clean -- %f',
  'filter.lfs.process=git-lfs filter-process',
  'filter.lfs.required=true',
].flatMap((setting) => ['-c', setting]);

/** Puts the files that git-lfs keeps elsewhere in the place of their pointers. */
export async function fetchLfs(
  git: Git,
  folder: string,
  revision: string,
  access: GitAccess,
): Promise<Placed> {
  if (!(await git.ask(folder, ['lfs', 'version'])))
    return git.commands.stopped
      ? { kind: 'stopped' }
      : {
          kind: 'failed',
          why: 'git-lfs is not installed on the worker. Install it (the package git-lfs of Debian, Fedora and Homebrew), or leave out `lfs: true`.',
        };
  const url =
    isFolder(access.url) && path.isAbsolute(access.url) ? `file://${encodeURI(access.url)}` : access.url;
  const remote = ['-c', `remote.origin.url=${url}`];
  if (!(await git.reach(folder, [...filters, ...remote, 'lfs', 'fetch', 'origin', revision], access)))
    return { kind: 'unreachable', why: git.commands.lastWords };
  return (await git.run(folder, [...filters, ...remote, 'lfs', 'checkout']))
    ? { kind: 'placed' }
    : { kind: 'failed', why: git.commands.lastWords };
}
