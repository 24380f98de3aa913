import { DatabaseSync } from 'node:sqlite';
import { afterAll, expect, test } from 'vitest';
import { assert } from '@millrace/kernel/assert';
import { SeededRandom } from '@millrace/testkit/seeded-random';
import { ParsedPlans } from '../parsed-plans.ts';
import { migrateSqlite } from '../sqlite/migrate.ts';
import { listRequests } from './read-requests.ts';
import type { RequestFilter } from './read-requests.ts';

const database = new DatabaseSync(':memory:');
migrateSqlite(database, new SeededRandom(1));
afterAll(() => database.close());

/** How SQLite reads the requests of a list, and whether it sorts them. */
function planOf(filter: RequestFilter): { readonly reads: string; readonly sorts: boolean } {
  const step = listRequests
    .run({ now: 0, dialect: 'sqlite', plans: new ParsedPlans() }, { filter, limit: 100 })
    .next();
  assert(!step.done && step.value.kind === 'rows', 'a list asks for rows');
  const { sql, params } = step.value;
  const details = database
    .prepare(`explain query plan ${sql}`)
    .all(...params)
    .map(({ detail }) => String(detail));
  return { reads: details[0] ?? '', sorts: details.some((detail) => detail.includes('TEMP B-TREE')) };
}

test.each<[string, RequestFilter]>([
  ['all', {}],
  ['those that have ended', { states: ['finished'] }],
  ['those in any state', { states: ['finished', 'pending', 'claimed'], results: ['failure'] }],
  ['those that somebody may see', { states: ['finished'], builders: ['a', 'b'] }],
])('%s are read from the newest on, and no further than the limit', (_what, filter) => {
  expect(planOf(filter)).toEqual({ reads: 'SCAN r', sorts: false });
});

test.each<[string, RequestFilter]>([
  ['those that wait', { states: ['pending'] }],
  ["a builder's", { states: ['finished'], builder: 'a' }],
  ["a buildset's", { states: ['finished'], buildset: 1 }],
])('%s are found by an index', (_what, filter) => {
  expect(planOf(filter).reads).toMatch(/^SEARCH [rs] USING /u);
});
