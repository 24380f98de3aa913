import { expect, it } from 'vitest';
import { matchesBranch } from './branch-pattern.ts';

it('takes names as they are and * for any part of one', () => {
  expect(matchesBranch(['main'], 'main')).toBe(true);
  expect(matchesBranch(['main'], 'maintenance')).toBe(false);
  expect(matchesBranch(['release/*'], 'release/1.0/rc')).toBe(true);
  expect(matchesBranch(['release/*'], 'release')).toBe(false);
  expect(matchesBranch(['*'], 'anything')).toBe(true);
  expect(matchesBranch(['a*b*c'], 'a-b-c')).toBe(true);
  expect(matchesBranch(['a*b*c'], 'abc')).toBe(true);
  expect(matchesBranch(['a*b*c'], 'acb')).toBe(false);
  expect(matchesBranch(['ab*ba'], 'aba')).toBe(false);
  expect(matchesBranch([], 'main')).toBe(false);
});
