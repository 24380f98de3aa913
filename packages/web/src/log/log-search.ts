import type { LogMatch, LogMatches } from '@millrace/protocol/api/logs';

/** Where a search has come to. */
export interface Search {
  readonly text: string;
  readonly matches: readonly LogMatch[];
  /** Which of them is shown. */
  readonly index: number;
  /** Where the master looks on; null: it has looked through everything. */
  readonly cursor: string | null;
}

/** Asks the master for a part: what it found, and where to look on. */
export type AskMatches = (text: string, cursor: string | undefined) => Promise<LogMatches>;

/** The first match of a text. A part without any is looked past, to the end of the log. */
export async function firstMatch(ask: AskMatches, text: string): Promise<Search> {
  return further(ask, { text, matches: [], index: 0, cursor: '' });
}

/** The next match, or the one before; round the end it goes on at the other one. */
export async function step(ask: AskMatches, search: Search, by: 1 | -1): Promise<Search> {
  const { matches, index, cursor } = search;
  if (by === 1 && index + 1 === matches.length && cursor !== null) {
    const more = await further(ask, search);
    if (more.matches.length > matches.length) return { ...more, index: index + 1 };
    return { ...more, index: 0 };
  }
  if (matches.length === 0) return search;
  return { ...search, index: (index + by + matches.length) % matches.length };
}

/** `3 of 17`, `3 of 17 so far`, `not found`. */
export function searchSentence({ matches, index, cursor }: Search): string {
  if (matches.length === 0) return 'not found';
  const many = `${index + 1} of ${matches.length.toLocaleString('en')}`;
  return cursor === null ? many : `${many} so far`;
}

/** Looks on until there is one more match, or nothing left to look through. */
async function further(ask: AskMatches, search: Search): Promise<Search> {
  let { matches, cursor } = search;
  while (cursor !== null) {
    const found = await ask(search.text, cursor === '' ? undefined : cursor);
    matches = [...matches, ...found.items];
    cursor = found.nextCursor;
    if (found.items.length > 0) break;
  }
  return { ...search, matches, cursor };
}
