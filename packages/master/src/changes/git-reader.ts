/** A repository as git is told of it. */
export interface GitRepository {
  readonly name: string;
  /** A folder, or anything that git takes. */
  readonly url: string;
}

export interface GitHead {
  readonly branch: string;
  readonly revision: string;
}

export interface GitCommit {
  readonly revision: string;
  /** `Name <address>`. */
  readonly author: string;
  /** Milliseconds since 1970. */
  readonly committedAt: number;
  readonly message: string;
  /** What it changed against its first parent; none where they are too many. */
  readonly files: readonly string[];
}

export interface GitLog {
  /** Oldest first. */
  readonly commits: readonly GitCommit[];
  /** How many older ones were left out. */
  readonly skipped: number;
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
 * What the master asks of git. It never writes, never prompts, and each call has a time limit.
 *
 * @throws MillraceError `git-failed` with what git said, where the repository cannot be read.
 */
export interface GitReader {
  /** The heads of all branches. */
  heads(repository: GitRepository): Promise<readonly GitHead[]>;
  /**
   * The commits on the way from one head to another, along first parents: merging a branch is one. With `from`
   * null, or no longer there, the commit `to` alone.
   */
  log(repository: GitRepository, from: string | null, to: string, limit: number): Promise<GitLog>;
  /** Pins what is wanted to an absolute revision. */
  resolve(repository: GitRepository, wanted: Wanted): Promise<Resolved>;
}
