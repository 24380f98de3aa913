import { operation, row, run } from '../operation.ts';
import type { Work } from '../operation.ts';
import { emit } from './emit.ts';
import type { Expired } from './expire-logs.ts';
import { forUpdate } from './for-update.ts';
import { requireLease } from './leases.ts';
import type { HeldLease } from './leases.ts';
import { candidates } from './retention-candidates.ts';
import type { Batch } from './retention-candidates.ts';

/** Everything that is a build's own, by its column `build`. */
export const tablesOfBuild = ['step_tries', 'steps', 'links', 'properties', 'logs'] as const;

/**
 * Builds that have had their time are removed, with all that is theirs; their request and its buildset go with the
 * last of them. One whose logs are not swept yet waits for the next pass. A builder's numbers go on: none comes twice.
 *
 * @throws MillraceError `lease-lost`
 */
export const removeBuilds = operation(
  'retention.removeBuilds',
  function* (tx, input: Batch & { readonly lease: HeldLease }): Work<Expired> {
    yield* requireLease(tx, input.lease.name, input.lease.holder, input.lease.fence);
    const { fated, next } = yield* candidates(tx, input, 'all', forUpdate(tx));
    const removed: number[] = [];
    for (const { id, fate } of fated) {
      if (fate.kind === 'build' && (yield* removeBuild(id))) removed.push(id);
    }
    if (removed.length > 0)
      yield* emit(tx, { type: 'builds.expired', builder: input.builder, data: { builds: removed } });
    return { builds: removed.length, next };
  },
);

function* removeBuild(id: number): Work<boolean> {
  const unswept = yield* row('select id from logs where build = ? and swept = 0 limit 1', id);
  if (unswept) return false;
  const build = yield* row<{ request: number; plan: string; facts: string | null }>(
    'select request, plan, facts from builds where id = ?',
    id,
  );
  if (!build) return false;
  for (const table of tablesOfBuild) yield* run(`delete from ${table} where build = ?`, id);
  yield* run('delete from builds where id = ?', id);
  yield* forgetPlan(build.plan);
  yield* forgetRequest(build.request);
  return true;
}

/** A plan goes with the last build that had it. It is locked first, so that a claim with it meanwhile is seen. */
function* forgetPlan(hash: string): Work<void> {
  const locked = yield* run('update plans set hash = hash where hash = ?', hash);
  if (locked === 0) return;
  yield* run(
    'delete from plans where hash = ? and not exists (select 1 from builds where plan = ?)',
    hash,
    hash,
  );
}

/** With the last of its builds; and its buildset with the last of its requests. */
function* forgetRequest(id: number): Work<void> {
  const request = yield* row<{ buildset: number }>('select buildset from requests where id = ?', id);
  const other = yield* row('select id from builds where request = ? limit 1', id);
  if (other || !request) return;
  yield* run('delete from requests where id = ?', id);
  yield* run(
    'delete from buildsets where id = ? and not exists (select 1 from requests where buildset = ?)',
    request.buildset,
    request.buildset,
  );
}

/**
 * Requests that ended before anything was built (cancelled while they waited, or without a plan), oldest first.
 *
 * @throws MillraceError `lease-lost`
 */
export const removeUnbuilt = operation(
  'retention.removeUnbuilt',
  function* (
    tx,
    input: {
      readonly lease: HeldLease;
      readonly builder: string;
      readonly olderThanMs: number;
      readonly limit: number;
    },
  ): Work<number> {
    yield* requireLease(tx, input.lease.name, input.lease.holder, input.lease.fence);
    let removed = 0;
    for (; removed < input.limit; removed++) {
      const request = yield* row<{ id: number; finished_at: number }>(
        `select id, finished_at from requests where builder = ? and state = 'finished' and build is null order by id limit 1`,
        input.builder,
      );
      if (!request || request.finished_at >= tx.now - input.olderThanMs) break;
      yield* forgetRequest(request.id);
    }
    return removed;
  },
);
