import type { SourceCommit } from '../../changes/source-reader.ts';

/** One commit that a push told of. */
export interface ToldCommit extends SourceCommit {
  /** Its page; null: none was told. */
  readonly link: string | null;
}

/** Somebody pushed. */
export interface ToldPush {
  readonly kind: 'push';
  /** Addresses of the repository, each as the service says it. */
  readonly addresses: readonly string[];
  /** A branch, or a tag as `refs/tags/NAME`. */
  readonly branch: string;
  /** Where it is now; null: it is gone. */
  readonly revision: string | null;
  /** Those that are told, oldest first, the one at `revision` last. */
  readonly commits: readonly ToldCommit[];
  /** Commits that were pushed and are not among them. */
  readonly untold: number;
}

export type Delivery =
  | ToldPush
  /** The service tries whether anybody hears it. */
  | { readonly kind: 'ping' }
  /** It tells of something else; what, in the service's word. */
  | { readonly kind: 'other'; readonly event: string }
  /** A push that is not as the service documents it: a sentence. */
  | { readonly kind: 'malformed'; readonly message: string };
