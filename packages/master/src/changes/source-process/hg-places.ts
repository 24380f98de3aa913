import { tagPrefix } from '../../config/branch-pattern.ts';
import type { SourceHead } from '../source-reader.ts';
import { linesOf } from './hg-log.ts';

const openHeads = 'head() and not closed()';

/** Every commit that has a name: the open heads of named branches, bookmarks, tags. */
export const placesRevset = `(${openHeads}) or bookmark() or tag()`;

/** A line of JSON each, for {@link headsAmong}. */
export const placesTemplate = `{dict(rev=rev,revision=node,branch=branch,bookmarks=bookmarks,tags=tags,head=ifcontains(rev,revset("${openHeads}"),"yes",""))|json}\\n`;

interface Place {
  readonly rev: number;
  readonly revision: string;
  readonly branch: string;
  readonly bookmarks: readonly string[];
  readonly tags: readonly string[];
  readonly head: string;
}

/**
 * The head of each named branch (of several open ones the newest, as `hg update BRANCH` takes it), each bookmark
 * that has no branch's name, and with `tags` each tag.
 *
 * @param bookmarks what `hg debugpushkey ADDRESS bookmarks` says, where the folder's own are not those
 */
export function headsAmong(
  places: string,
  bookmarks: string | undefined,
  tags: boolean,
): readonly SourceHead[] {
  const all = linesOf(places)
    .map((line) => JSON.parse(line) as Place)
    .toSorted((one, other) => one.rev - other.rev);
  const heads = new Map<string, string>();
  if (bookmarks === undefined) {
    for (const place of all) for (const bookmark of place.bookmarks) heads.set(bookmark, place.revision);
  } else {
    for (const line of linesOf(bookmarks)) {
      const [, bookmark, revision] = /^(.*)\t([0-9a-f]{40})$/.exec(line) ?? [];
      if (bookmark !== undefined && revision !== undefined) heads.set(bookmark, revision);
    }
  }
  for (const { branch, head, revision } of all) if (head === 'yes') heads.set(branch, revision);
  if (tags)
    for (const place of all)
      for (const tag of place.tags) if (tag !== 'tip') heads.set(`${tagPrefix}${tag}`, place.revision);
  return [...heads].map(([branch, revision]) => ({ branch, revision }));
}
