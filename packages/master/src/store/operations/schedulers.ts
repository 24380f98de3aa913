import { assert } from '@millrace/kernel/assert';
import { operation, row, run } from '../operation.ts';
import type { Work } from '../operation.ts';
import { addBuildset } from './buildsets.ts';
import type { NewBuildset } from './buildsets.ts';
import { emit } from './emit.ts';
import { requireLease } from './leases.ts';
import type { HeldLease } from './leases.ts';

/**
 * Where a scheduler has come to: the last change that it has decided about. A new one begins at the newest
 * change, so that history is not built. Null: it is in no config any more, or somebody has stopped it for a while, and it decides about nothing.
 */
export const schedulersOpen = operation(
  'schedulers.open',
  function* (tx, input: { readonly lease: HeldLease; readonly name: string }): Work<number | null> {
    yield* requireLease(tx, input.lease.name, input.lease.holder, input.lease.fence);
    yield* openAtNewest(input.name);
    const found = yield* row<{ cursor: number; left_at: number | null; held_at: number | null }>(
      'select cursor, left_at, held_at from schedulers where name = ?',
      input.name,
    );
    assert(found !== undefined, 'a scheduler that was opened is there');
    return found.left_at === null && found.held_at === null ? found.cursor : null;
  },
);

/** A scheduler that nobody has heard of begins after the newest change. */
export function* openAtNewest(name: string): Work<void> {
  yield* run(
    `insert into schedulers (name, cursor, state)
     select cast(? as text), coalesce(max(id), 0), '{}' from changes where true
     on conflict (name) do nothing`,
    name,
  );
}

export interface Decision {
  readonly lease: HeldLease;
  readonly name: string;
  /** The cursor that the decision is about: where another has come in between, nothing happens. */
  readonly from: number;
  /** The last change that it has seen. */
  readonly to: number;
  readonly buildsets: readonly NewBuildset[];
}

/**
 * What a scheduler decided about the changes from its cursor on, and the cursor behind them, in one: a change
 * is decided about once, whatever dies when.
 *
 * @throws MillraceError `lease-lost`
 */
export const schedulersDecide = operation('schedulers.decide', function* (tx, input: Decision): Work<{
  readonly kind: 'decided' | 'moved';
}> {
  yield* requireLease(tx, input.lease.name, input.lease.holder, input.lease.fence);
  const moved = yield* run(
    'update schedulers set cursor = ? where name = ? and cursor = ? and left_at is null and held_at is null',
    input.to,
    input.name,
    input.from,
  );
  if (moved === 0) return { kind: 'moved' };
  for (const one of input.buildsets) {
    const { buildset } = yield* addBuildset(tx, one);
    yield* emit(tx, { type: 'scheduler.decided', buildset, data: { scheduler: input.name, to: input.to } });
  }
  return { kind: 'decided' };
});
