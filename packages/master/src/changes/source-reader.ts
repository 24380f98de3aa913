import type { RepositoryConfig } from '../config/source-config.ts';

/** A repository as those who read it are told of it: names of secrets, never their values. */
export type SourceRepository = Pick<RepositoryConfig, 'name' | 'kind' | 'url' | 'credentials' | 'fetchMsMax'>;

/** A branch (of Mercurial also a bookmark), or a tag as `refs/tags/NAME`, and the commit that it is at. */
export interface SourceHead {
  readonly branch: string;
  readonly revision: string;
}

export interface SourceCommit {
  readonly revision: string;
  /** `Name <address>`. */
  readonly author: string;
  /** Milliseconds since 1970. */
  readonly committedAt: number;
  readonly message: string;
  /** What it changed against its first parent; none where they are too many. */
  readonly files: readonly string[];
}

/** The way of a branch from one head to the next. */
export interface Way {
  readonly branch: string;
  /** Null: the branch is new. */
  readonly from: string | null;
  readonly to: string;
  /** At most so many commits, the newest. */
  readonly limit: number;
}

export interface SourceLog {
  /** Oldest first. */
  readonly commits: readonly SourceCommit[];
  /** How many older ones were left out. */
  readonly skipped: number;
  /** The old head is no longer part of the branch: somebody has pushed over it. */
  readonly rewritten: boolean;
}

/** What somebody wants to build: a branch's head, or a revision (hex digits, a tag or a branch). */
export interface Wanted {
  readonly branch: string;
  readonly revision: string | null;
}

export type Resolved =
  | { readonly kind: 'resolved'; readonly revision: string }
  /** The repository does not have it: a sentence for whoever asked. */
  | { readonly kind: 'unknown'; readonly message: string };

/**
 * What the master asks of a repository. It never writes there, never prompts, and each call has a time limit.
 *
 * @throws SourceError where the repository cannot be read.
 */
export interface SourceReader {
  /** The heads of all branches, and with `tags` where the tags are. */
  heads(repository: SourceRepository, tags: boolean): Promise<readonly SourceHead[]>;
  /**
   * The commits on the way from one head to another; merging a branch is one. With `from` null or no longer
   * there, and for a tag, the commit `to` alone.
   */
  log(repository: SourceRepository, way: Way): Promise<SourceLog>;
  /** Pins what is wanted to an absolute revision. */
  resolve(repository: SourceRepository, wanted: Wanted): Promise<Resolved>;
}
