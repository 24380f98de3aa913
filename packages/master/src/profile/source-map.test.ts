import { expect, test } from 'vitest';
import { findSources } from './source-map.ts';

// Line 0: columns 0 and 4 of a.ts's lines 0 and 1. Line 1: nothing. Line 2: column 2 is of b.ts's line 20, column 6 of nowhere.
const map = { sources: ['a.ts', 'b.ts'], mappings: 'AAAA,IACA;;ECmBA,I' };

test('each place is of the last segment that begins before it', () => {
  const places = [
    { line: 0, column: 0 },
    { line: 0, column: 3 },
    { line: 0, column: 40 },
    { line: 1, column: 0 },
    { line: 2, column: 1 },
    { line: 2, column: 3 },
    { line: 9, column: 0 },
  ];
  expect(findSources(map, places)).toEqual([
    { source: 'a.ts', line: 0 },
    { source: 'a.ts', line: 0 },
    { source: 'a.ts', line: 1 },
    undefined,
    undefined,
    { source: 'b.ts', line: 20 },
    undefined,
  ]);
});
