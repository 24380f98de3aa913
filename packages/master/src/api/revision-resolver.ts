/** What somebody wants to build, made absolute. */
export type ResolvedRevision =
  | { readonly kind: 'found'; readonly revision: string; readonly branch: string }
  /** The repository has no such branch or revision: a sentence. */
  | { readonly kind: 'not-found'; readonly message: string }
  /** The repository was not to be read: a sentence. */
  | { readonly kind: 'unreachable'; readonly message: string };

/** Asks repositories, by their names in the config. It has a time limit and never rejects. */
export interface RevisionResolver {
  resolve(repository: string, branchOrRevision: string): Promise<ResolvedRevision>;
}
