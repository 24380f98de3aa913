import { rows, run } from '../operation.ts';
import type { SqlValue, Transaction, Work } from '../operation.ts';

/** Kept bytes that no chunk points at any more. A null segment: a gap, which has none. */
export interface GoneBytes {
  readonly segment: number | null;
  readonly storedBytes: number;
}

/** Ids in one statement. */
const idsMax = 200;

/**
 * Gives the room of kept bytes back. On PostgreSQL each was a row. On SQLite they lie in a segment among others: it is
 * counted how much of it is dead, and who counts it dead as a whole removes it, when nothing is written to it any more.
 */
export function* bytesGone(tx: Transaction, gone: readonly GoneBytes[]): Work<void> {
  if (tx.dialect === 'postgres') {
    const ids = gone.flatMap(({ segment }) => (segment === null ? [] : [segment]));
    for (let from = 0; from < ids.length; from += idsMax) {
      const part = ids.slice(from, from + idsMax);
      yield* run(`delete from kept_bytes where id in (${marks(part)})`, ...part);
    }
    return;
  }
  const dead = new Map<number, number>();
  for (const { segment, storedBytes } of gone)
    if (segment !== null) dead.set(segment, (dead.get(segment) ?? 0) + storedBytes);
  for (const [segment, bytes] of dead)
    yield* run('update segments set dead_bytes = dead_bytes + ? where id = ?', bytes, segment);
}

function marks(values: readonly SqlValue[]): string {
  return values.map(() => '?').join(', ');
}

/**
 * The segments that are dead as a whole: no row knows them from now on, and the store removes their files after the
 * commit. The newest is still written to.
 */
export function* dropDeadSegments(tx: Transaction, limit: number): Work<number> {
  if (tx.dialect === 'postgres') return 0;
  const dead = yield* rows<{ id: number }>(
    `select id from segments where dead_bytes >= bytes and id < (select max(id) from segments) order by id limit ?`,
    limit,
  );
  for (const { id } of dead) {
    yield* run('delete from segments where id = ?', id);
    yield { kind: 'drop', segment: id };
  }
  return dead.length;
}
