import fs from 'node:fs/promises';
import path from 'node:path';
import { ChurnError } from './churn-error.ts';
import type { IdFormat } from './git/changesets.ts';
import type { Ends } from './git/find-ends.ts';
import type { GitView } from './git/git-view.ts';
import { openGitSource } from './git/git-source.ts';
import { openMercurialSource } from './mercurial/mercurial-source.ts';
import type { Period } from './period/period.ts';
import type { RepositoryProgress } from './progress.ts';

export type RepositoryKind = 'git' | 'mercurial';

/** A period of one repository, ready to be counted by git. */
export interface Source extends AsyncDisposable {
  readonly kind: RepositoryKind;
  readonly branch: string;
  readonly view: GitView;
  /** In the view's own names. */
  readonly ends: Ends;
  /** The ends' names as people know them. */
  readonly startName: string | null;
  readonly endName: string | null;
  /** What names a commit when commits of several repositories are compared. */
  readonly idFormat: IdFormat;
}

export interface SourceRequest {
  /** As a person wrote it. */
  readonly path: string;
  readonly branch: string | undefined;
  readonly period: Period;
  readonly progress: RepositoryProgress;
  readonly signal: AbortSignal | undefined;
}

/**
 * Opens what stands at a path.
 *
 * @throws ChurnError `not-a-repository`, `unknown-branch`, `shallow`, `partial-clone`, `tool-missing`,
 *   `tool-failed`
 */
export async function openSource(request: SourceRequest): Promise<Source> {
  const folder = await fs.stat(request.path).catch((cause: unknown) => {
    throw new ChurnError('not-a-repository', `${request.path} cannot be read`, cause);
  });
  if (!folder.isDirectory()) throw new ChurnError('not-a-repository', `${request.path} is not a folder`);
  const mercurial = await fs.stat(path.join(request.path, '.hg')).catch(() => undefined);
  return mercurial?.isDirectory() ? openMercurialSource(request) : openGitSource(request);
}
