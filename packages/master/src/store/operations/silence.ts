import { operation, rows, run } from '../operation.ts';
import type { Transaction, Work } from '../operation.ts';
import { emit } from './emit.ts';
import { beat } from './masters.ts';
import type { MasterBeat } from './masters.ts';
import { endLost } from './workers.ts';

export interface WatchInput extends MasterBeat {
  readonly lostAfterMs: number;
}

/**
 * A master's beat, and with it the judgement over silent workers: one is lost when it has not been heard of
 * for `lostAfterMs` during which some master listened all the time. Only then does each of its builds' own
 * `onSilence` decide. Answers the workers that are newly silent.
 */
export const watchSilence = operation('leases.watch', function* (tx, input: WatchInput): Work<
  readonly string[]
> {
  const { listeningSince } = yield* beat(tx, input);
  if (tx.now - listeningSince <= input.lostAfterMs) return [];
  const silent = yield* rows<{ name: string }>(
    // A build that its worker itself stops in silence is stopped by what its plan says, whatever the config says by now.
    `select name from workers where silent = 0 and spool is not null and heard_at < ? and not exists
       (select 1 from builds where builds.worker = workers.name and builds.state = 'running'
          and builds.on_silence = 'stop' and workers.heard_at >= ? - builds.lost_after_ms)
     order by name`,
    tx.now - input.lostAfterMs,
    tx.now,
  );
  for (const { name } of silent) yield* silence(tx, name, input.lostAfterMs);
  return silent.map((worker) => worker.name);
});

function* silence(tx: Transaction, worker: string, lostAfterMs: number): Work<void> {
  yield* run('update workers set silent = 1, connected = 0, master = null where name = ?', worker);
  yield* emit(tx, { type: 'worker.silent', worker, data: { lostAfterMs } });
  const builds = yield* rows<{ id: number }>(
    `select id from builds where worker = ? and state = 'running' and on_silence <> 'wait' order by id`,
    worker,
  );
  const seconds = Math.round(lostAfterMs / 1000);
  for (const { id } of builds) {
    yield* endLost(tx, id, `The worker "${worker}" was not heard of for ${seconds} s.`);
  }
}
