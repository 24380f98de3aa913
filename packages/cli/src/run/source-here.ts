import fs from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import type { RepositoryConfig } from '@millrace/master/config/source-config';
import { UsageError } from '../client/usage-error.ts';
import { headOf, snapshotOf, workingCopyOf } from './working-copy.ts';

/** What is built in place of a revision of a repository: a working copy of it. */
export interface SourceHere {
  /** The repository's name in the config. */
  readonly repository: string;
  readonly defaultBranch: string;
  /** The working copy's top folder. */
  readonly top: string;
  readonly branch: string | undefined;
  /** What the plan's code and the steps are told. */
  readonly revision: string;
  /** From where a checkout has it; undefined where nothing is checked out. */
  readonly snapshot: { readonly url: string; readonly revision: string } | undefined;
  /** There is more in it than the last commit. */
  readonly changed: boolean;
}

const noRevision = '0'.repeat(40);

/**
 * The working copy that stands for a repository: the one that was named, else the repository's own folder where it is
 * one, else the one around the folder that the command was given in.
 * @throws UsageError where there is none.
 */
export function sourceHere(
  repository: RepositoryConfig,
  dataFolder: string,
  options: { readonly source?: string; readonly inPlace?: true },
): SourceHere {
  const { name, defaultBranch } = repository;
  const base = { repository: name, defaultBranch };
  if (repository.kind !== 'git') {
    if (!options.inPlace)
      throw new UsageError(`the repository "${name}" is no git repository: run it with --in-place.`);
    const top = options.source ?? (isFolder(repository.url) ? repository.url : process.cwd());
    return {
      ...base,
      top: path.resolve(top),
      branch: undefined,
      revision: noRevision,
      snapshot: undefined,
      changed: true,
    };
  }
  const top = topOf(repository, options.source);
  if (options.inPlace) {
    const { branch, revision } = headOf(top);
    return { ...base, top, branch, revision: revision ?? noRevision, snapshot: undefined, changed: true };
  }
  const { url, revision, branch, changed } = snapshotOf(top, dataFolder);
  return { ...base, top, branch, revision, snapshot: { url, revision }, changed };
}

function topOf({ name, url }: RepositoryConfig, given: string | undefined): string {
  if (given !== undefined) {
    const top = workingCopyOf(path.resolve(given));
    if (top === undefined) throw new UsageError(`--source: ${given} is in no git working copy.`);
    return top;
  }
  const top = (isFolder(url) ? workingCopyOf(url) : undefined) ?? workingCopyOf(process.cwd());
  if (top !== undefined) return top;
  throw new UsageError(
    `there is no working copy of the repository "${name}" here: go to one, or name it with --source.`,
  );
}

function isFolder(url: string): boolean {
  return path.isAbsolute(url) && fs.existsSync(url);
}
