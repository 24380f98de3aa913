import { assert } from '@millrace/kernel/assert';
import type { Reason, Result } from '@millrace/protocol/result';
import { afterBuild } from '../../model/after-build.ts';
import { row, rows, run, signal } from '../operation.ts';
import type { Transaction, Work } from '../operation.ts';
import { emit } from './emit.ts';
import { noteBuildEnded } from './worker-holds.ts';

export interface BuildEnd {
  readonly build: number;
  readonly result: Result;
  readonly reason?: Reason | undefined;
  readonly message?: string | undefined;
}

interface RunningBuild {
  builder: string;
  request: number;
  buildset: number;
  worker: string;
  retries: number;
  retries_max: number;
  retry_first_ms: number;
  cancel_reason: string | null;
  requeue: number;
}

/**
 * The one way in which a running build ends, whoever says so: its journal, a silent worker, a fork. What
 * was open in it is closed, its request is finished or waits again, its slot is free. Does nothing where
 * the build has ended already.
 */
export function* endBuild(tx: Transaction, end: BuildEnd): Work<void> {
  const ended = yield* run(
    `update builds set state = 'finished', result = ?, reason = ?, message = ?, finished_at = ?
     where id = ? and state = 'running'`,
    end.result,
    end.reason ?? null,
    end.message ?? null,
    tx.now,
    end.build,
  );
  if (ended === 0) return;
  yield* closeWhatIsOpen(tx, end);
  const build = yield* row<RunningBuild>(
    `select b.builder, b.request, r.buildset, b.worker, r.retries, b.retries_max, b.retry_first_ms, b.cancel_reason, b.requeue
     from builds b join requests r on r.id = b.request where b.id = ?`,
    end.build,
  );
  assert(build, 'a build has a request');
  yield* emit(tx, {
    type: 'build.finished',
    build: end.build,
    builder: build.builder,
    request: build.request,
    buildset: build.buildset,
    worker: build.worker,
    data: { result: end.result, reason: end.reason ?? null, message: end.message ?? null },
  });
  yield* moveRequest(tx, end, build);
  yield* noteBuildEnded(tx, build.worker);
  yield* signal({ topic: 'slots' });
}

/** A journal that ended in order has closed its steps and logs itself. */
function* closeWhatIsOpen(tx: Transaction, end: BuildEnd): Work<void> {
  yield* run(
    `update steps set state = 'finished', result = ?, reason = ?, finished_at = ? where build = ? and state = 'running'`,
    end.result,
    end.reason ?? null,
    tx.now,
    end.build,
  );
  const logs = yield* rows<{ id: number }>(
    `update logs set state = 'closed' where build = ? and state = 'open' returning id`,
    end.build,
  );
  for (const log of logs) yield* signal({ topic: 'log', log: log.id });
}

function* moveRequest(tx: Transaction, end: BuildEnd, build: RunningBuild): Work<void> {
  const next = afterBuild({
    result: end.result,
    reason: end.reason,
    retries: build.retries,
    retriesMax: build.retries_max,
    retryFirstMs: build.retry_first_ms,
    cancelAsked: build.cancel_reason !== null,
    requeue: build.requeue === 1,
    now: tx.now,
  });
  const about = {
    request: build.request,
    builder: build.builder,
    build: end.build,
    buildset: build.buildset,
  };
  switch (next.kind) {
    case 'finish':
      yield* run(
        `update requests set state = 'finished', result = ?, reason = ?, finished_at = ? where id = ?`,
        end.result,
        end.reason ?? null,
        tx.now,
        build.request,
      );
      yield* emit(tx, { type: 'request.finished', ...about, data: { result: end.result } });
      return;
    case 'requeue':
      yield* run(`update requests set state = 'pending', not_before = ? where id = ?`, tx.now, build.request);
      break;
    case 'retry':
      yield* run(
        `update requests set state = 'pending', retries = retries + 1, not_before = ? where id = ?`,
        next.notBefore,
        build.request,
      );
      break;
  }
  yield* emit(tx, {
    type: 'request.requeued',
    ...about,
    data: { because: end.reason ?? end.result, notBefore: next.kind === 'retry' ? next.notBefore : tx.now },
  });
  yield* signal({ topic: 'requests' });
}
