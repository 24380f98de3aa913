import { query, row } from '../operation.ts';
import type { Transaction, Work } from '../operation.ts';
import { candidates } from './retention-candidates.ts';
import type { Batch } from './retention-candidates.ts';

/** What of a batch of a builder's builds has had its time. */
export interface Preview {
  readonly builds: number;
  readonly logs: number;
  /** Of logs whose bytes are there still, as they lie on the disk. */
  readonly bytes: number;
  readonly next: number | null;
}

/** What the next pass would remove: nothing is changed. */
export const previewRetention = query('retention.preview', function* (tx, input: Batch): Work<Preview> {
  const { fated, next } = yield* candidates(tx, input, 'all', '');
  let builds = 0;
  let logs = 0;
  let bytes = 0;
  for (const { id, fate } of fated) {
    if (fate.kind === 'build') builds++;
    const sum = yield* row<{ logs: number; bytes: number }>(
      `select count(*) as logs, cast(coalesce(sum(stored_bytes), 0) as bigint) as bytes
       from logs where build = ? and expired_at is null`,
      id,
    );
    logs += sum?.logs ?? 0;
    bytes += sum?.bytes ?? 0;
  }
  return { builds, logs, bytes, next };
});

/** How many rows of all else are older than so long; null: they are kept for ever. */
export const previewCommon = query(
  'retention.previewCommon',
  function* (
    tx,
    input: { readonly eventsOlderThanMs: number | null; readonly changesOlderThanMs: number | null },
  ): Work<{ readonly events: number; readonly changes: number }> {
    return {
      events: yield* countBefore(
        'select count(*) as rows_found from events where at < ?',
        before(tx, input.eventsOlderThanMs),
      ),
      changes: yield* countBefore(
        'select count(*) as rows_found from changes where seen_at < ?',
        before(tx, input.changesOlderThanMs),
      ),
    };
  },
);

function before(tx: Transaction, olderThanMs: number | null): number | null {
  return olderThanMs === null ? null : tx.now - olderThanMs;
}

function* countBefore(sql: string, at: number | null): Work<number> {
  if (at === null) return 0;
  return (yield* row<{ rows_found: number }>(sql, at))?.rows_found ?? 0;
}
