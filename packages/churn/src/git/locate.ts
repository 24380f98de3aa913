import fs from 'node:fs/promises';
import path from 'node:path';
import { ChurnError } from '../churn-error.ts';
import { environmentWithoutGit, gitText, type GitContext } from './git-process.ts';
import type { ObjectFormat } from './object-format.ts';

/** A git repository on this machine whose history is whole. */
export interface LocatedGit {
  /** Where git runs to read its references, with the user's own settings (`safe.directory` is one). */
  readonly context: GitContext;
  readonly objectsPath: string;
  readonly objectFormat: ObjectFormat;
}

/**
 * Finds the repository at a path: a checkout, a linked worktree, a submodule or a bare repository. A folder
 * inside a checkout is refused: its figures would be those of the whole.
 *
 * @throws ChurnError `not-a-repository`, `shallow`, `partial-clone`
 */
export async function locateGit(repositoryPath: string, signal?: AbortSignal): Promise<LocatedGit> {
  const cwd = await fs.realpath(repositoryPath);
  const env = { ...environmentWithoutGit(), GIT_CEILING_DIRECTORIES: path.dirname(cwd) };
  const context: GitContext = { cwd, env, signal };
  const asked = ['--is-shallow-repository', '--show-object-format', '--git-path', 'objects'];
  const [shallow, objectFormat, objects] = (await repositoryFacts(context, asked, repositoryPath)).split(
    '\n',
  );
  if (shallow === 'true') {
    const complete = `git -C ${shellWord(repositoryPath)} fetch --unshallow`;
    const why = `${repositoryPath} is a shallow clone: what lies before its edge would count as added`;
    throw new ChurnError('shallow', `${why}. Complete it with: ${complete}`);
  }
  await refusePartialClone(context, repositoryPath);
  if (objectFormat !== 'sha1' && objectFormat !== 'sha256') {
    throw new ChurnError('not-a-repository', `${repositoryPath} stores objects as ${objectFormat}: unknown`);
  }
  return { context, objectFormat, objectsPath: path.resolve(cwd, objects ?? 'objects') };
}

async function repositoryFacts(context: GitContext, asked: string[], asWritten: string): Promise<string> {
  try {
    return await gitText(context, ['rev-parse', ...asked]);
  } catch (error) {
    if (!(error instanceof ChurnError) || error.code !== 'tool-failed') throw error;
    throw new ChurnError(
      'not-a-repository',
      `${asWritten} is not the top of a repository: ${error.message}`,
      error,
    );
  }
}

async function refusePartialClone(context: GitContext, asWritten: string): Promise<void> {
  const pattern = '^(extensions\\.partialclone|remote\\..*\\.promisor)$';
  const found = await gitText(context, ['config', '--name-only', '--get-regexp', pattern]).catch(
    (error: unknown) => {
      if (error instanceof ChurnError && error.code === 'tool-failed') return ''; // 1: no such setting
      throw error;
    },
  );
  if (found === '') return;
  const remote = /^remote\.(.*)\.promisor$/m.exec(found)?.[1] ?? 'origin';
  const git = `git -C ${shellWord(asWritten)}`;
  const complete = [
    `${git} config --unset ${shellWord(`remote.${remote}.partialclonefilter`)}`,
    `${git} fetch --refetch ${shellWord(remote)}`,
    ...found.split('\n').map((name) => `${git} config --unset ${shellWord(name)}`),
  ].join('; ');
  const why = `${asWritten} is a partial clone: files are missing`;
  throw new ChurnError('partial-clone', `${why}. Complete it with: ${complete}`);
}

/** A word that a POSIX shell reads back as it is, for commands that are shown to a person. */
function shellWord(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", String.raw`'\''`)}'`;
}
