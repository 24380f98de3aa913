import type { Stall } from '@millrace/protocol/api/profiles';
import { operation, query, rows, run } from '../operation.ts';
import type { Work } from '../operation.ts';
import { emit } from './emit.ts';

/** So many are kept of each master. */
export const stallsKept = 1_000;

/** An event loop stood still, and has come back. */
export const recordStall = operation(
  'stalls.record',
  function* (tx, { master, stall }: { readonly master: string; readonly stall: Stall }): Work<void> {
    yield* run(
      'insert into stalls (master, at, ms, room, told) values (?, ?, ?, ?, ?)',
      master,
      stall.at,
      stall.ms,
      stall.room,
      JSON.stringify(stall),
    );
    yield* run(
      `delete from stalls where master = ? and id <=
         (select id from stalls where master = ? order by id desc limit 1 offset ?)`,
      master,
      master,
      stallsKept,
    );
    const { ms, room, function: name, during, before } = stall;
    const data = { master, stalledAt: stall.at, ms, room, function: name, during, before };
    yield* emit(tx, { type: 'master.stalled', data });
  },
);

/** Those of a master, newest first. */
export const listStalls = query('stalls.list', function* (_tx, { master }: { readonly master: string }): Work<
  readonly Stall[]
> {
  const found = yield* rows<{ told: string }>(
    'select told from stalls where master = ? order by id desc limit ?',
    master,
    stallsKept,
  );
  return found.map(({ told }) => JSON.parse(told) as Stall);
});
