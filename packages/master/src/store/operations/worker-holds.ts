import type { HoldState } from '@millrace/protocol/api/holds';
import { holdAfter } from '../../model/worker-hold.ts';
import { operation, row, rows, run, signal } from '../operation.ts';
import type { Transaction, Work } from '../operation.ts';
import { emit } from './emit.ts';
import { forUpdate } from './for-update.ts';
import { once } from './idempotency.ts';
import type { Idempotency, Once } from './idempotency.ts';

export interface HoldWorkerInput {
  readonly worker: string;
  readonly act: 'pause' | 'drain' | 'resume';
  /** Of a resume, too, it may be told why. */
  readonly reason: string;
  /** The caller; null where none is known. */
  readonly by: string | null;
  readonly idempotency?: Idempotency | null;
}

/**
 * Somebody stops a worker for a while, or lets it go on. Claims look at it in their own transaction, on every
 * master: once this is answered, no build is given to a worker that is held. One that has never connected is held,
 * too. The config's workers alone should be named: the store does not know them.
 */
export const holdWorker = operation('workers.hold', function* (tx, input: HoldWorkerInput): Work<
  Once<{ readonly state: HoldState | null }>
> {
  return yield* once(tx, input.idempotency ?? null, () => hold(tx, input));
});

function* hold(
  tx: Transaction,
  { worker, act, reason, by }: HoldWorkerInput,
): Work<{ readonly state: HoldState | null }> {
  yield* run('insert into workers (name) values (?) on conflict (name) do nothing', worker);
  // First the worker, so that no claim is under way; then its builds, so that none is about to end unseen.
  const known = yield* row<{ held: HoldState | null }>(
    `select held from workers where name = ?${forUpdate(tx)}`,
    worker,
  );
  const running = yield* rows(
    `select id from builds where worker = ? and state = 'running'${forUpdate(tx)}`,
    worker,
  );
  const change = holdAfter(known?.held ?? null, act, running.length);
  yield* run('update workers set held = ? where name = ?', change.state, worker);
  if (change.isNew) {
    yield* run(
      'update workers set held_reason = ?, held_by = ?, held_at = ? where name = ?',
      reason,
      by,
      tx.now,
      worker,
    );
  }
  for (const type of change.events) yield* emit(tx, { type, worker, data: { reason, by } });
  if (act === 'resume') yield* signal({ topic: 'slots' });
  return { state: change.state };
}

/** A build of the worker has ended: the last one of a worker that is being drained ends that. */
export function* noteBuildEnded(tx: Transaction, worker: string): Work<void> {
  // Nearly always nobody drains, and then nothing is locked.
  const draining = yield* row(`select name from workers where name = ? and held = 'draining'`, worker);
  if (!draining) return;
  const known = yield* row<{ held: HoldState | null; held_reason: string | null; held_by: string | null }>(
    `select held, held_reason, held_by from workers where name = ?${forUpdate(tx)}`,
    worker,
  );
  const running = yield* rows(`select id from builds where worker = ? and state = 'running' limit 1`, worker);
  const change = holdAfter(known?.held ?? null, 'build-ended', running.length);
  if (change.events.length === 0) return;
  yield* run('update workers set held = ? where name = ?', change.state, worker);
  const data = { reason: known?.held_reason ?? '', by: known?.held_by ?? null };
  for (const type of change.events) yield* emit(tx, { type, worker, data });
}
