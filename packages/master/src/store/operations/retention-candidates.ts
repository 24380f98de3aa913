import { fateOf, mayGo } from '../../model/retention.ts';
import type { BuilderBounds, BuilderKeeps, Fate } from '../../model/retention.ts';
import { query, row, rows } from '../operation.ts';
import type { Transaction, Work } from '../operation.ts';

/** A builder's rule, and where its builds stand: see {@link retentionBounds}. */
export interface BuilderRule {
  readonly builder: string;
  readonly keeps: BuilderKeeps;
  readonly bounds: BuilderBounds;
}

/** One batch of a builder's builds, oldest first, after a build's id. */
export interface Batch extends BuilderRule {
  readonly after: number;
  readonly limit: number;
}

export interface Candidates {
  readonly fated: readonly { readonly id: number; readonly fate: Exclude<Fate, { kind: 'keep' }> }[];
  /** Where to go on; null: what comes after is kept. */
  readonly next: number | null;
}

interface AgedRow {
  id: number;
  started_at: number;
  finished_at: number | null;
  request_state: string;
}

/** Every builder that ever built, also those that no config has any more. */
export const everyBuilder = query('retention.builders', function* (): Work<readonly string[]> {
  return (yield* rows<{ builder: string }>('select builder from builder_numbers order by builder')).map(
    ({ builder }) => builder,
  );
});

/** Where a builder's builds stand now. Newer builds only move the bounds on, so that old ones err on the kept side. */
export const retentionBounds = query(
  'retention.bounds',
  function* (_tx, input: { readonly builder: string; readonly keeps: BuilderKeeps }): Work<BuilderBounds> {
    const green = yield* row<{ id: number }>(
      `select id from builds where builder = ? and result in ('success', 'warnings') order by id desc limit 1`,
      input.builder,
    );
    return {
      lastGreen: green?.id ?? 0,
      buildsFrom: yield* oldestOfNewest(input.builder, input.keeps.builds.count),
      logsFrom: yield* oldestOfNewest(input.builder, input.keeps.logs.count),
    };
  },
);

function* oldestOfNewest(builder: string, count: number | null): Work<number> {
  if (count === null) return 0;
  const newestGone = yield* row<{ id: number }>(
    'select id from builds where builder = ? order by id desc limit 1 offset ?',
    builder,
    count,
  );
  return newestGone === undefined ? 0 : newestGone.id + 1;
}

/**
 * Looks at one batch.
 *
 * @param of those whose logs are there still, or all
 * @param lock `forUpdate` of whoever changes them
 */
export function* candidates(
  tx: Transaction,
  batch: Batch,
  of: 'with-logs' | 'all',
  lock: '' | ' for update',
): Work<Candidates> {
  const found = yield* rows<AgedRow>(
    `select b.id, b.started_at, b.finished_at, r.state as request_state
     from builds b join requests r on r.id = b.request
     where b.builder = ? and b.id > ? ${of === 'with-logs' ? 'and b.logs_expired = 0' : ''}
     order by b.id limit ?${lock}`,
    batch.builder,
    batch.after,
    batch.limit,
  );
  const { keeps, bounds } = batch;
  const fated: Candidates['fated'][number][] = [];
  for (const one of found) {
    const build = {
      id: one.id,
      finishedAt: one.finished_at,
      requestOpen: one.request_state !== 'finished',
    };
    const fate = fateOf(build, keeps, bounds, tx.now);
    if (fate.kind !== 'keep') fated.push({ id: one.id, fate });
  }
  const last = found.at(-1);
  const over =
    !last ||
    found.length < batch.limit ||
    !mayGo({ id: last.id, startedAt: last.started_at }, keeps, bounds, tx.now);
  return { fated, next: over ? null : last.id };
}
