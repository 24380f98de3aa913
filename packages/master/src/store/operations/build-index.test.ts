import { DatabaseSync } from 'node:sqlite';
import { afterAll, expect, test } from 'vitest';
import { assert } from '@millrace/kernel/assert';
import { SeededRandom } from '@millrace/testkit/seeded-random';
import { ParsedPlans } from '../parsed-plans.ts';
import { migrateSqlite } from '../sqlite/migrate.ts';
import type { Effect } from '../operation.ts';
import type { BuildFilter, BuildOrder } from './build-filter.ts';
import { listBriefBuilds, listBuilds } from './list-builds.ts';

/*
 * How SQLite reads lists of builds: what it reads and whether it sorts is the same for ten builds and for ten million.
 */

const database = new DatabaseSync(':memory:');
migrateSqlite(database, new SeededRandom(1));
afterAll(() => database.close());

function planOf(filter: BuildFilter, field: BuildOrder = 'id'): readonly string[] {
  const { sql, params } = askedBy(listBriefBuilds, filter, field);
  return database
    .prepare(`explain query plan ${sql}`)
    .all(...params)
    .map(({ detail }) => String(detail));
}

function askedBy(
  list: typeof listBriefBuilds | typeof listBuilds,
  filter: BuildFilter,
  field: BuildOrder,
): Extract<Effect, { readonly kind: 'rows' }> {
  const order = { field, descending: true };
  const step = list
    .run({ now: 0, dialect: 'sqlite', plans: new ParsedPlans() }, { filter, order, limit: 200 })
    .next();
  assert(!step.done && step.value.kind === 'rows', 'a list asks for rows');
  return step.value;
}

const span = { after: 1, before: 2 };

test.each<[string, BuildFilter, BuildOrder, RegExp]>([
  ['nothing', {}, 'id', /^SCAN b$/u],
  ['a result', { results: ['failure'] }, 'id', /builds_result \(result=\?\)$/u],
  ['a branch', { branch: 'main', states: ['finished'] }, 'id', /builds_branch \(branch=\?\)$/u],
  ['a builder', { builder: 'b', branch: 'main', states: ['finished'] }, 'id', /builds_builder \(/u],
  ['what runs', { builder: 'b', states: ['running'] }, 'id', /builds_running \(state=\?\)$/u],
  ['a start', { started: span }, 'startedAt', /builds_started \(started_at>\? AND started_at<\?\)$/u],
  ['a start and a result', { started: span, results: ['failure'] }, 'startedAt', /builds_started \(/u],
  [
    'a start and a builder',
    { started: { after: 1 }, builder: 'b', results: ['failure'] },
    'startedAt',
    /builds_builder_started \(builder=\? AND started_at>\?\)$/u,
  ],
  ['a start and builders', { started: span, builders: ['a', 'b'] }, 'startedAt', /builds_started \(/u],
  ['an end', { finished: span, branch: 'main' }, 'finishedAt', /builds_finished \(finished_at>\? AND/u],
  ['the order of starts', { worker: 'w' }, 'startedAt', /builds_started$/u],
  [
    'a number',
    { builder: 'b', number: 5, branch: 'x' },
    'id',
    /autoindex_builds_\d \(builder=\? AND number=\?\)$/u,
  ],
])('a list narrowed by %s is read by its index, in its order', (_what, filter, order, index) => {
  const plan = planOf(filter, order);
  expect(plan).toEqual([expect.stringMatching(index)]);
});

test.each<[string, BuildFilter, BuildOrder]>([
  // Each value is read up to the limit: SQLite leaves the rest of it.
  ['several results', { results: ['failure', 'exception'] }, 'id'],
  ['several builders', { builders: ['a', 'b'] }, 'id'],
  // All of the span is sorted, or all of a builder.
  ['a span in another order', { started: span }, 'id'],
  ["a builder's ends", { builder: 'b' }, 'finishedAt'],
  // A request has as many builds as tries.
  ['those of a request', { request: 1, results: ['failure'] }, 'id'],
])('%s are found by an index and sorted', (_what, filter, order) => {
  const plan = planOf(filter, order);
  expect(plan).toEqual([expect.stringMatching(/^SEARCH b USING INDEX/u), 'USE TEMP B-TREE FOR ORDER BY']);
});

test('whole builds are read of one table: with a join, each value would be read beyond the limit', () => {
  const { sql } = askedBy(listBuilds, { results: ['failure', 'exception'] }, 'id');
  expect(sql).not.toMatch(/\bjoin\b/u);
  const plan = database.prepare(`explain query plan ${sql}`).all('failure', 'exception', 1);
  expect(plan[0]).toMatchObject({ detail: expect.stringMatching(/builds_result \(result=\?\)$/u) });
});
