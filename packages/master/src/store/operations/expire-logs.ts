import { operation, row, rows, run } from '../operation.ts';
import type { Transaction, Work } from '../operation.ts';
import { emit } from './emit.ts';
import { forUpdate } from './for-update.ts';
import { requireLease } from './leases.ts';
import type { HeldLease } from './leases.ts';
import { bytesGone, dropDeadSegments } from './bytes-gone.ts';
import { candidates } from './retention-candidates.ts';
import type { Batch } from './retention-candidates.ts';

/** What one batch has done, and where the next begins; null: there is none. */
export interface Expired {
  readonly builds: number;
  readonly next: number | null;
}

/**
 * Logs of builds that have had their time are expired: from now on whoever asks for their bytes is told when and why.
 * The bytes themselves go afterwards, in {@link sweepLogs}, however many they are.
 *
 * @throws MillraceError `lease-lost`
 */
export const expireLogs = operation(
  'retention.expireLogs',
  function* (tx, input: Batch & { readonly lease: HeldLease }): Work<Expired> {
    yield* requireLease(tx, input.lease.name, input.lease.holder, input.lease.fence);
    const { fated, next } = yield* candidates(tx, input, 'with-logs', forUpdate(tx));
    for (const { id, fate } of fated) {
      yield* run('update builds set logs_expired = 1 where id = ?', id);
      yield* run(
        'update logs set expired_at = ?, expired_because = ?, merged = 1 where build = ? and expired_at is null',
        tx.now,
        fate.because,
        id,
      );
    }
    if (fated.length > 0) {
      yield* emit(tx, {
        type: 'logs.expired',
        builder: input.builder,
        data: { builds: fated.map(({ id }) => id) },
      });
    }
    return { builds: fated.length, next };
  },
);

export interface Swept {
  readonly chunks: number;
  /** As they lay on the disk. */
  readonly bytes: number;
  /** More is left. */
  readonly more: boolean;
}

/** Files that are removed after one commit. */
const segmentsMax = 8;

interface GoneChunk {
  first_byte: number;
  segment: number | null;
  stored_bytes: number;
}

/**
 * Removes at most `limit` chunks of expired logs. Their room is given back with their segment (SQLite), or at once.
 *
 * @throws MillraceError `lease-lost`
 */
export const sweepLogs = operation(
  'retention.sweepLogs',
  function* (tx, input: { readonly lease: HeldLease; readonly limit: number }): Work<Swept> {
    yield* requireLease(tx, input.lease.name, input.lease.holder, input.lease.fence);
    let chunks = 0;
    let bytes = 0;
    while (chunks < input.limit) {
      const log = yield* row<{ id: number }>(
        'select id from logs where expired_at is not null and swept = 0 order by id limit 1',
      );
      if (!log) break;
      const gone = yield* sweepOne(tx, log.id, input.limit - chunks);
      // A log without any counts as one, so that a batch has an end.
      chunks += Math.max(1, gone.chunks);
      bytes += gone.bytes;
    }
    yield* dropDeadSegments(tx, segmentsMax);
    return { chunks, bytes, more: chunks >= input.limit };
  },
);

function* sweepOne(
  tx: Transaction,
  log: number,
  limit: number,
): Work<{ readonly chunks: number; readonly bytes: number }> {
  const gone = yield* rows<GoneChunk>(
    'select first_byte, segment, stored_bytes from chunks where log = ? order by first_byte limit ?',
    log,
    limit,
  );
  const last = gone.at(-1);
  if (last) yield* run('delete from chunks where log = ? and first_byte <= ?', log, last.first_byte);
  yield* bytesGone(
    tx,
    gone.map(({ segment, stored_bytes: storedBytes }) => ({ segment, storedBytes })),
  );
  if (gone.length < limit) {
    yield* run('update logs set swept = 1, chunks = 0, stored_bytes = 0 where id = ?', log);
  }
  return { chunks: gone.length, bytes: gone.reduce((sum, chunk) => sum + chunk.stored_bytes, 0) };
}
