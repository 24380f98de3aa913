import { MillraceError } from '@millrace/kernel/errors';
import { operation, row, run } from '../operation.ts';
import type { Transaction, Work } from '../operation.ts';

/** A duty that one master at a time does. Each change of hands takes the next fence. */
export interface LeaseClaim {
  readonly name: string;
  readonly holder: string;
}

/** What its holder shows with each write: see {@link requireLease}. */
export interface HeldLease extends LeaseClaim {
  readonly fence: number;
}

export type LeaseTaken = { readonly kind: 'held'; readonly fence: number } | { readonly kind: 'taken' };

/**
 * Takes a lease that is free or has run out, or prolongs one that is held: only then the fence stays.
 * A holder that let it run out and takes it again gets a new fence, for another may have had it between.
 */
export const takeLease = operation(
  'leases.take',
  function* (tx, claim: LeaseClaim & { readonly ttlMs: number }): Work<LeaseTaken> {
    const held = yield* row<{ fence: number }>(
      `insert into leases (name, holder, fence, expires_at) values (?, ?, 1, ?)
       on conflict (name) do update set
         fence = leases.fence + case when leases.holder = excluded.holder and leases.expires_at > ? then 0 else 1 end,
         holder = excluded.holder,
         expires_at = excluded.expires_at
       where leases.holder = excluded.holder or leases.expires_at <= ?
       returning fence`,
      claim.name,
      claim.holder,
      tx.now + claim.ttlMs,
      tx.now,
      tx.now,
    );
    return held ? { kind: 'held', fence: held.fence } : { kind: 'taken' };
  },
);

/** Gives a lease back, so that another need not wait for its end. The fence is kept, for the next to pass. */
export const releaseLease = operation('leases.release', function* (tx, lease: HeldLease): Work<void> {
  yield* run(
    'update leases set expires_at = ? where name = ? and holder = ? and fence = ?',
    tx.now,
    lease.name,
    lease.holder,
    lease.fence,
  );
});

/**
 * For operations of a lease's holder: they happen only while it is held. The row is locked until the
 * commit, so that no other takes the lease in between.
 *
 * @throws MillraceError `lease-lost`
 */
export function* requireLease(tx: Transaction, name: string, holder: string, fence: number): Work<void> {
  const held = yield* run(
    'update leases set holder = holder where name = ? and holder = ? and fence = ? and expires_at > ?',
    name,
    holder,
    fence,
    tx.now,
  );
  if (held === 0) {
    throw new MillraceError('lease-lost', `${holder} no longer holds the lease "${name}" (fence ${fence}).`);
  }
}
