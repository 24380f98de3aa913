import { expect, test } from 'vitest';
import type { LogMatches } from '@millrace/protocol/api/logs';
import { firstMatch, searchSentence, step } from './log-search.ts';
import type { AskMatches } from './log-search.ts';

const match = (line: number) => ({ line, byte: 0, column: 0, text: '' });
const parts: Readonly<Record<string, LogMatches>> = {
  first: { items: [], nextCursor: 'a', lines: 9, state: 'closed' },
  a: { items: [match(1), match(2)], nextCursor: 'b', lines: 9, state: 'closed' },
  b: { items: [], nextCursor: 'c', lines: 9, state: 'closed' },
  c: { items: [match(7)], nextCursor: null, lines: 9, state: 'closed' },
};
const ask: AskMatches = (_text, cursor) =>
  Promise.resolve(parts[cursor ?? 'first'] ?? { items: [], nextCursor: null, lines: 0, state: 'closed' });

test('a search looks on past parts without a match, and goes round', async () => {
  let search = await firstMatch(ask, 'x');
  const shown = () => search.matches[search.index]?.line;
  expect([shown(), searchSentence(search)]).toEqual([1, '1 of 2 so far']);
  search = await step(ask, search, 1);
  search = await step(ask, search, 1);
  expect([shown(), searchSentence(search)]).toEqual([7, '3 of 3']);
  search = await step(ask, search, 1);
  expect(shown()).toBe(1);
  search = await step(ask, search, -1);
  expect(shown()).toBe(7);
});

test('what is not there is said to be not there', async () => {
  const none: AskMatches = () => Promise.resolve({ items: [], nextCursor: null, lines: 9, state: 'closed' });
  const search = await firstMatch(none, 'x');
  expect(searchSentence(search)).toBe('not found');
  expect(await step(none, search, 1)).toEqual(search);
});
