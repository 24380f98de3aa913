import { matchesBranch, tagPrefix } from '../config/branch-pattern.ts';
import type { RepositoryConfig } from '../config/source-config.ts';
import type { SourceHead } from './source-reader.ts';

/** What a look is about: of which repository, and which of its branches and tags. */
export interface Watched {
  readonly kind: string;
  readonly url: string;
  /** Patterns; those of tags begin with `refs/tags/`. */
  readonly patterns: readonly string[];
}

export function watchedOf({ kind, url, branches, tags }: RepositoryConfig): Watched {
  return { kind, url, patterns: [...branches, ...tags.map((tag) => `${tagPrefix}${tag}`)] };
}

export type HeadAct =
  /** It is known from now on, and nothing of it is built: history. */
  | { readonly kind: 'begin'; readonly head: SourceHead }
  | { readonly kind: 'move'; readonly head: SourceHead; readonly from: string | null }
  | { readonly kind: 'forget'; readonly branch: string };

/**
 * What has happened since the last look. A branch that nobody has seen is new, unless it was not watched before:
 * then it is history, as everything is at the first look. `before` null: not known, all counts as watched.
 */
export function compareHeads(
  known: ReadonlyMap<string, string>,
  seen: readonly SourceHead[],
  before: Watched | null,
): readonly HeadAct[] {
  const unseen = new Map(known);
  const acts: HeadAct[] = [];
  for (const head of seen) {
    const from = unseen.get(head.branch);
    unseen.delete(head.branch);
    if (from === head.revision) continue;
    if (from === undefined && before !== null && !matchesBranch(before.patterns, head.branch))
      acts.push({ kind: 'begin', head });
    else acts.push({ kind: 'move', head, from: from ?? null });
  }
  return [...acts, ...[...unseen.keys()].map((branch): HeadAct => ({ kind: 'forget', branch }))];
}
