import { operation, row, run, signal } from '../operation.ts';
import type { Transaction, Work } from '../operation.ts';
import { emit } from './emit.ts';
import { forUpdate } from './for-update.ts';
import { once } from './idempotency.ts';
import type { Idempotency, Once } from './idempotency.ts';

export interface SetPriorityInput {
  readonly request: number;
  /** Higher goes first. */
  readonly priority: number;
  /** Who or why, for people. */
  readonly message: string;
  readonly idempotency?: Idempotency | null;
}

export type SetPriorityAnswer =
  | { readonly kind: 'set' }
  | { readonly kind: 'unknown' }
  /** It is built, or has ended: there is nothing left to go before. */
  | { readonly kind: 'not-waiting'; readonly state: string };

/** A request that waits goes before, or behind, others from now on. */
export const setPriority = operation('requests.priority', function* (tx, input: SetPriorityInput): Work<
  Once<SetPriorityAnswer>
> {
  return yield* once(tx, input.idempotency ?? null, () => set(tx, input));
});

function* set(tx: Transaction, { request, priority, message }: SetPriorityInput): Work<SetPriorityAnswer> {
  const found = yield* row<{ state: string; priority: number; builder: string; buildset: number }>(
    `select state, priority, builder, buildset from requests where id = ?${forUpdate(tx)}`,
    request,
  );
  if (!found) return { kind: 'unknown' };
  if (found.state !== 'pending') return { kind: 'not-waiting', state: found.state };
  if (found.priority === priority) return { kind: 'set' };
  yield* run('update requests set priority = ? where id = ?', priority, request);
  const { builder, buildset } = found;
  const data = { priority, before: found.priority, message };
  yield* emit(tx, { type: 'request.priority', request, builder, buildset, data });
  yield* signal({ topic: 'requests' });
  return { kind: 'set' };
}
