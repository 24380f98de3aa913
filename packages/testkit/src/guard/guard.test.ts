import fs from 'node:fs';
import { expect, test } from 'vitest';
import { tell } from './tell.ts';
import { countedTable, tableFile } from './table.ts';
import type { GuardTable } from './table.ts';

test('a build costs what the table says: records, bytes, operations, statements and commits', async () => {
  const known = JSON.parse(fs.readFileSync(tableFile, 'utf8')) as GuardTable;
  expect(tell(known, await countedTable())).toEqual([]);
});

test('more work is told, and where it is done; so is less, and an operation that is new', () => {
  const count = {
    records: 8,
    journalBytes: 1_000,
    commits: 5,
    statements: 80,
    keptBytes: 10,
    events: 9,
    operations: { 'journal.apply': { asked: 2, statements: 26 } },
  };
  const now = {
    ...count,
    commits: 6,
    keptBytes: 9,
    operations: {
      'journal.apply': { asked: 3, statements: 26 },
      'journal.more': { asked: 1, statements: 1 },
    },
  };
  expect(tell({ '1 step': count }, { '1 step': now })).toEqual([
    '1 step: commits 5 -> 6, more work; if it is worth it: npm run -s guard',
    '1 step: keptBytes 10 -> 9, less work: npm run -s guard keeps it so',
    '1 step: journal.apply asked 2 -> 3, more work; if it is worth it: npm run -s guard',
    '1 step: journal.more asked 0 -> 1, more work; if it is worth it: npm run -s guard',
    '1 step: journal.more statements 0 -> 1, more work; if it is worth it: npm run -s guard',
  ]);
});
