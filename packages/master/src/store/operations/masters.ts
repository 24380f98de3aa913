import { MillraceError } from '@millrace/kernel/errors';
import { operation, query, row, rows, run, signal } from '../operation.ts';
import type { Transaction, Work } from '../operation.ts';
import { emit } from './emit.ts';

/** Missing this many of its beats, a master counts as not listening. */
const beatsMissedMax = 5;

export interface MasterBeat {
  readonly master: string;
  readonly incarnation: string;
  /** How often it beats. */
  readonly beatMs: number;
}

/** A master begins. Where no other has listened, every worker has its full grace from now on. */
export const startMasterRow = operation('masters.start', function* (tx, input: MasterBeat): Work<void> {
  yield* run(
    `insert into masters (name, incarnation, started_at, seen_at, stopped_at) values (?, ?, ?, ?, null)
     on conflict (name) do update set
       incarnation = excluded.incarnation, started_at = excluded.started_at, seen_at = excluded.seen_at, stopped_at = null`,
    input.master,
    input.incarnation,
    tx.now,
    tx.now,
  );
  const other = yield* row(
    'select name from masters where name <> ? and stopped_at is null and seen_at > ?',
    input.master,
    tx.now - beatsMissedMax * input.beatMs,
  );
  yield* run(
    `insert into listening (id, since, until) values (1, ?, ?)
     on conflict (id) do update set until = excluded.until`,
    tx.now,
    tx.now,
  );
  if (!other) yield* run('update listening set since = ? where id = 1', tx.now);
  yield* run(
    'update workers set connected = 0, master = null where master = ? and connected = 1',
    input.master,
  );
  yield* emit(tx, { type: 'master.started', data: { master: input.master, incarnation: input.incarnation } });
});

/** It stops in order. One that was replaced has nothing to say any more. */
export const stopMasterRow = operation(
  'masters.stop',
  function* (tx, input: { readonly master: string; readonly incarnation: string }): Work<void> {
    const { master, incarnation } = input;
    const stopped = yield* run(
      'update masters set stopped_at = ?, seen_at = ? where name = ? and incarnation = ?',
      tx.now,
      tx.now,
      master,
      incarnation,
    );
    if (stopped === 0) return;
    yield* emit(tx, { type: 'master.stopped', data: { master } });
  },
);

export interface MasterLife {
  readonly incarnation: string;
  readonly seenAt: number;
  /** It has not stopped, and was heard of within the last few beats. */
  readonly lives: boolean;
}

/** How a master of this name stands; undefined: there was never one. */
export const readMasterLife = query(
  'masters.life',
  function* (tx, input: { readonly master: string; readonly beatMs: number }): Work<MasterLife | undefined> {
    const found = yield* row<{ incarnation: string; seen_at: number; stopped_at: number | null }>(
      'select incarnation, seen_at, stopped_at from masters where name = ?',
      input.master,
    );
    if (!found) return undefined;
    const { incarnation, seen_at: seenAt, stopped_at: stoppedAt } = found;
    const lives = stoppedAt === null && seenAt > tx.now - beatsMissedMax * input.beatMs;
    return { incarnation, seenAt, lives };
  },
);

/**
 * Since when, without a break, some master has listened. A break longer than a few beats (all masters
 * were away, or the machine slept) starts it anew: silence in that time was nobody's fault but ours.
 *
 * @throws MillraceError `master-replaced` where another has begun under this master's name: it does nothing any more
 */
export function* beat(tx: Transaction, input: MasterBeat): Work<{ readonly listeningSince: number }> {
  const ours = yield* run(
    'update masters set seen_at = ? where name = ? and incarnation = ?',
    tx.now,
    input.master,
    input.incarnation,
  );
  if (ours === 0) throw replaced(input.master);
  yield* run(
    `update listening set since = case when until < ? then ? else since end, until = ? where id = 1`,
    tx.now - beatsMissedMax * input.beatMs,
    tx.now,
    tx.now,
  );
  const listening = yield* row<{ since: number }>('select since from listening where id = 1');
  return { listeningSince: listening?.since ?? tx.now };
}

function replaced(master: string): MillraceError<'master-replaced'> {
  return new MillraceError(
    'master-replaced',
    `Another master has begun under the name "${master}" on this store. Give each master a --name of its own.`,
  );
}

/**
 * `millrace up` is stopping: what runs is cancelled with this reason, and its request waits again for the
 * next start. Answers which builds.
 */
export const stopRunning = operation('masters.stopRunning', function* (tx): Work<readonly number[]> {
  const running = yield* rows<{ id: number; builder: string }>(
    `select id, builder from builds where state = 'running' and cancel_reason is null order by id`,
  );
  const message = 'millrace was stopped; the request waits for its next start.';
  for (const build of running) {
    yield* run(
      `update builds set cancel_reason = 'master-stopped', cancel_message = ?, requeue = 1 where id = ?`,
      message,
      build.id,
    );
    yield* emit(tx, {
      type: 'build.cancelling',
      build: build.id,
      builder: build.builder,
      data: { reason: 'master-stopped', message },
    });
    yield* signal({ topic: 'cancel', build: build.id });
  }
  return running.map((build) => build.id);
});
