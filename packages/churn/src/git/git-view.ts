import fs from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import type { LocatedGit } from './locate.ts';
import { environmentWithoutGit, type GitContext } from './git-process.ts';
import { emptyTreeOf, type ObjectFormat } from './object-format.ts';

/**
 * A repository as its objects alone: a bare folder of our own that has no setting, no reference, no attribute
 * file, no replaced object and no mailmap, on the objects of the real one. So neither the repository's
 * config nor the user's nor the files that happen to be checked out can change a figure, and nothing is ever
 * written to the repository.
 */
export interface GitView extends GitContext, AsyncDisposable {
  /** The name of the tree without files, in the repository's hash. */
  readonly emptyTree: string;
}

/** Opens a view; disposing of it removes its folder and nothing else. */
export async function openGitView(located: LocatedGit, signal?: AbortSignal): Promise<GitView> {
  const folder = await fs.mkdtemp(path.join(os.tmpdir(), 'millrace-churn-'));
  const remove = () => fs.rm(folder, { recursive: true, force: true });
  try {
    await writeBareFolder(folder, located.objectFormat);
  } catch (error) {
    await remove();
    throw error;
  }
  const emptyTree = emptyTreeOf(located.objectFormat);
  const env = { ...isolatedEnvironment(folder, emptyTree), GIT_OBJECT_DIRECTORY: located.objectsPath };
  return { cwd: folder, env, signal, emptyTree, [Symbol.asyncDispose]: remove };
}

/** Makes a folder that git takes for a bare repository. */
export async function writeBareFolder(folder: string, objectFormat: ObjectFormat): Promise<void> {
  const sha256 = objectFormat === 'sha256';
  const config = [
    '[core]',
    `\trepositoryformatversion = ${sha256 ? 1 : 0}`,
    '\tbare = true',
    `\tattributesFile = ${os.devNull}`,
    ...(sha256 ? ['[extensions]', '\tobjectFormat = sha256'] : []),
    '',
  ].join('\n');
  await fs.mkdir(path.join(folder, 'objects'), { recursive: true });
  await fs.mkdir(path.join(folder, 'refs'), { recursive: true });
  await fs.writeFile(path.join(folder, 'HEAD'), 'ref: refs/heads/none\n');
  await fs.writeFile(path.join(folder, 'config'), config);
}

/** For git on a folder of `writeBareFolder`: no config or attributes from outside, no network, no prompt. */
export function isolatedEnvironment(folder: string, emptyTree: string): Record<string, string> {
  return {
    ...environmentWithoutGit(),
    GIT_DIR: folder,
    GIT_CONFIG_GLOBAL: os.devNull,
    GIT_CONFIG_SYSTEM: os.devNull,
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_ATTR_NOSYSTEM: '1',
    GIT_ATTR_SOURCE: emptyTree, // git 2.43 to 2.45 would take HEAD's attributes in a bare repository
    GIT_NO_REPLACE_OBJECTS: '1',
    GIT_NO_LAZY_FETCH: '1',
  };
}
