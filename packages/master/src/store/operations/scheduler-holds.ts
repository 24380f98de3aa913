import { operation, query, row, rows, run, signal } from '../operation.ts';
import type { Transaction, Work } from '../operation.ts';
import { emit } from './emit.ts';
import { forUpdate } from './for-update.ts';
import { once } from './idempotency.ts';
import type { Idempotency, Once } from './idempotency.ts';
import { openAtNewest } from './schedulers.ts';

export interface HoldSchedulerInput {
  readonly scheduler: string;
  readonly act: 'pause' | 'resume';
  readonly reason: string;
  readonly by: string | null;
  /** Of a resume: what came meanwhile is passed over. */
  readonly skip?: boolean;
  readonly idempotency?: Idempotency | null;
}

/**
 * Somebody stops a scheduler for a while, or lets it go on. A decision looks at it in its own transaction. Its
 * cursor stands meanwhile: what came is decided about when it goes on, unless it is told to pass over it.
 */
export const holdScheduler = operation('schedulers.hold', function* (tx, input: HoldSchedulerInput): Work<
  Once<{ readonly held: boolean }>
> {
  return yield* once(tx, input.idempotency ?? null, () => hold(tx, input));
});

function* hold(tx: Transaction, input: HoldSchedulerInput): Work<{ readonly held: boolean }> {
  const { scheduler, act, reason, by } = input;
  yield* openAtNewest(scheduler);
  const known = yield* row<{ held_at: number | null }>(
    `select held_at from schedulers where name = ?${forUpdate(tx)}`,
    scheduler,
  );
  if (act === 'pause') {
    yield* run(
      'update schedulers set held_at = ?, held_reason = ?, held_by = ? where name = ?',
      tx.now,
      reason,
      by,
      scheduler,
    );
    yield* emit(tx, { type: 'scheduler.paused', data: { scheduler, reason, by } });
    return { held: true };
  }
  if (known?.held_at == null) return { held: false };
  yield* run('update schedulers set held_at = null where name = ?', scheduler);
  if (input.skip)
    yield* run(
      'update schedulers set cursor = (select coalesce(max(id), 0) from changes) where name = ?',
      scheduler,
    );
  yield* emit(tx, { type: 'scheduler.resumed', data: { scheduler, reason, by, skip: input.skip ?? false } });
  yield* signal({ topic: 'changes' });
  return { held: false };
}

/** How a scheduler stands. */
export interface SchedulerState {
  readonly name: string;
  /** The last change that it has decided about; null: none. */
  readonly lastChange: number | null;
  readonly hold: { readonly reason: string; readonly by: string | null; readonly at: number } | null;
}

/** Every scheduler that has begun, by name. */
export const listSchedulerStates = query('schedulers.list', function* (): Work<readonly SchedulerState[]> {
  const found = yield* rows<{
    name: string;
    cursor: number;
    held_reason: string | null;
    held_by: string | null;
    held_at: number | null;
  }>('select name, cursor, held_reason, held_by, held_at from schedulers order by name');
  return found.map(({ name, cursor, held_reason: reason, held_by: by, held_at: at }) => ({
    name,
    lastChange: cursor === 0 ? null : cursor,
    hold: at === null ? null : { reason: reason ?? '', by, at },
  }));
});
