import type { IdFormat } from './git/changesets.ts';
import type { Ends } from './git/find-ends.ts';
import type { GitView } from './git/git-view.ts';
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
