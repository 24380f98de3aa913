import { operation, row, rows, run } from '../operation.ts';
import type { Transaction, Work } from '../operation.ts';
import type { EventPlace } from './event-place.ts';
import { requireLease } from './leases.ts';
import type { HeldLease } from './leases.ts';

/** Rows that are older than so long, by the store's clock; at most `limit` of them. */
export interface OldRows {
  readonly lease: HeldLease;
  readonly olderThanMs: number;
  readonly limit: number;
}

function* requireHeld(tx: Transaction, { lease }: OldRows): Work<void> {
  yield* requireLease(tx, lease.name, lease.holder, lease.fence);
}

/**
 * The oldest events, in their order, up to the first that is young enough. The horizon moves with them: a cursor from
 * before it is refused. The newest event always stays. Answers how many.
 *
 * @throws MillraceError `lease-lost`
 */
export const expireEvents = operation('retention.events', function* (tx, input: OldRows): Work<number> {
  yield* requireHeld(tx, input);
  const postgres = tx.dialect === 'postgres';
  const oldest = yield* rows<EventPlace & { at: number }>(
    postgres
      ? `select cast(cast(xid as text) as bigint) as xid, seq, at from events
         where xid < pg_snapshot_xmin(pg_current_snapshot()) order by events.xid, seq limit ?`
      : 'select 0 as xid, seq, at from events order by seq limit ?',
    input.limit + 1,
  );
  const young = oldest.findIndex(({ at }) => at >= tx.now - input.olderThanMs);
  const old = oldest.slice(0, Math.min(input.limit, young === -1 ? oldest.length - 1 : young));
  const last = old.at(-1);
  if (!last) return 0;
  if (postgres) {
    yield* run(
      'delete from events where (xid, seq) <= (cast(cast(? as text) as xid8), cast(? as bigint))',
      String(last.xid),
      last.seq,
    );
  } else yield* run('delete from events where seq <= ?', last.seq);
  yield* run(
    `insert into event_horizon (id, xid, seq, at) values (1, ?, ?, ?)
     on conflict (id) do update set xid = excluded.xid, seq = excluded.seq, at = excluded.at`,
    last.xid,
    last.seq,
    last.at,
  );
  return old.length;
});

/**
 * Changes that every scheduler of the config has decided about. Answers how many.
 *
 * @throws MillraceError `lease-lost`
 */
export const expireChanges = operation(
  'retention.changes',
  function* (tx, input: OldRows & { readonly schedulers: readonly string[] }): Work<number> {
    yield* requireHeld(tx, input);
    let decided = Number.MAX_SAFE_INTEGER;
    for (const name of input.schedulers) {
      const scheduler = yield* row<{ cursor: number }>('select cursor from schedulers where name = ?', name);
      decided = Math.min(decided, scheduler?.cursor ?? 0);
    }
    return yield* run(
      `delete from changes where id in (
         select id from changes where seen_at < ? and id <= ? order by id limit ?)`,
      tx.now - input.olderThanMs,
      decided,
      input.limit,
    );
  },
);

/** @throws MillraceError `lease-lost` */
export const expireRepeats = operation('retention.repeats', function* (tx, input: OldRows): Work<number> {
  yield* requireHeld(tx, input);
  return yield* run(
    'delete from idempotency where key in (select key from idempotency where at < ? order by at limit ?)',
    tx.now - input.olderThanMs,
    input.limit,
  );
});

/**
 * Workers that are in no config, not connected, and have nothing that runs; and masters that have stopped.
 *
 * @throws MillraceError `lease-lost`
 */
export const expireWorkers = operation(
  'retention.workers',
  function* (tx, input: OldRows & { readonly keep: readonly string[] }): Work<number> {
    yield* requireHeld(tx, input);
    const kept = new Set(input.keep);
    const gone = yield* rows<{ name: string }>(
      `select name from workers where connected = 0 and coalesce(heard_at, 0) < ?
         and not exists (select 1 from builds where worker = workers.name and state = 'running') order by name`,
      tx.now - input.olderThanMs,
    );
    const names = gone
      .map(({ name }) => name)
      .filter((name) => !kept.has(name))
      .slice(0, input.limit);
    for (const name of names) yield* run('delete from workers where name = ? and connected = 0', name);
    yield* run('delete from masters where stopped_at < ?', tx.now - input.olderThanMs);
    return names.length;
  },
);
