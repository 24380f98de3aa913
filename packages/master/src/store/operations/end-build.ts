import { assert } from '@millrace/kernel/assert';
import type { Position } from '@millrace/protocol/journal/record';
import type { Reason, Result } from '@millrace/protocol/result';
import { afterBuild } from '../../model/after-build.ts';
import type { JournalState } from '../../model/journal-state.ts';
import { row, rows, run, signal } from '../operation.ts';
import type { SqlValue, Transaction, Work } from '../operation.ts';
import { emitAll } from './emit.ts';
import type { NewEvent } from './emit.ts';
import { noteBuildEnded } from './worker-holds.ts';

export interface BuildEnd {
  readonly build: number;
  readonly result: Result;
  readonly reason?: Reason | undefined;
  readonly message?: string | undefined;
}

/** What its row, and its request's, say of a build that ends: it decides what comes of the request. */
export interface EndingBuild {
  readonly builder: string;
  readonly request: number;
  readonly worker: string;
  readonly retries_max: number;
  readonly retry_first_ms: number;
  readonly cancel_reason: string | null;
  readonly requeue: number;
  /** Of its request: how often that was tried again. */
  readonly retries: number;
  readonly buildset: number;
}

/** How far a build's journal was applied, with all that its next record is judged by. */
export interface JournalProgress {
  readonly position: Position;
  readonly state: JournalState;
}

/** What the journal itself says of its build's end. */
interface EndByJournal {
  readonly ending: EndingBuild;
  /** Somebody drains the worker. */
  readonly draining: boolean;
  readonly progress: JournalProgress;
  /** No step runs and no log is open: each was closed by its own record. */
  readonly allClosed: boolean;
  /** What the records before the end tell. */
  readonly events: readonly NewEvent[];
}

/**
 * The one way in which a running build ends, whoever says so: its journal, a silent worker, a fork. What
 * was open in it is closed, its request is finished or waits again, its slot is free. Does nothing where
 * the build has ended already.
 */
export function* endBuild(tx: Transaction, end: BuildEnd): Work<void> {
  const ended = yield* run(
    `update builds set ${endColumns} where id = ? and state = 'running'`,
    ...endValues(tx, end),
    end.build,
  );
  if (ended === 0) return;
  yield* closeWhatIsOpen(tx, end);
  const ending = yield* row<EndingBuild>(
    `select b.builder, b.request, b.worker, b.retries_max, b.retry_first_ms, b.cancel_reason, b.requeue, r.retries, r.buildset
     from builds b join requests r on r.id = b.request where b.id = ?`,
    end.build,
  );
  assert(ending, 'a build that was updated is there, and has a request');
  yield* settle(tx, end, ending, []);
  yield* noteBuildEnded(tx, ending.worker);
}

/** As {@link endBuild}, for a running build whose journal ends it: each row is written once, all events together. */
export function* endByJournal(tx: Transaction, end: BuildEnd, by: EndByJournal): Work<void> {
  yield* run(
    `update builds set ${endColumns}, ${progressColumns} where id = ?`,
    ...endValues(tx, end),
    ...progressValues(by.progress),
    end.build,
  );
  if (!by.allClosed) yield* closeWhatIsOpen(tx, end);
  yield* settle(tx, end, by.ending, by.events);
  if (by.draining) yield* noteBuildEnded(tx, by.ending.worker);
}

/** Records of a build that goes on were applied. */
export function* advance(build: number, progress: JournalProgress): Work<void> {
  yield* run(`update builds set ${progressColumns} where id = ?`, ...progressValues(progress), build);
}

const endColumns = `state = 'finished', result = ?, reason = ?, message = ?, finished_at = ?`;

function endValues(tx: Transaction, end: BuildEnd): SqlValue[] {
  return [end.result, end.reason ?? null, end.message ?? null, tx.now];
}

const progressColumns = `seq = ?, hash = ?, byte = ?, last_step = ?, open_step = ?, log_bytes = ?, logs = ?,
  property_records = ?, property_bytes = ?, journal_ended = ?`;

function progressValues({ position, state }: JournalProgress): SqlValue[] {
  return [
    position.seq,
    position.hash,
    position.byte,
    state.lastStep,
    state.openStep?.step ?? null,
    state.logBytes,
    state.logs,
    state.propertyRecords,
    state.propertyBytes,
    state.ended ? 1 : 0,
  ];
}

/** The build's row says that it has ended: its request, and who waits for its slot, are told. */
function* settle(
  tx: Transaction,
  end: BuildEnd,
  build: EndingBuild,
  before: readonly NewEvent[],
): Work<void> {
  const finished: NewEvent = {
    type: 'build.finished',
    build: end.build,
    builder: build.builder,
    request: build.request,
    buildset: build.buildset,
    worker: build.worker,
    data: { result: end.result, reason: end.reason ?? null, message: end.message ?? null },
  };
  const moved = yield* moveRequest(tx, end, build);
  yield* emitAll(tx, [...before, finished, moved]);
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

/** The request of a build that has ended is finished, or waits again: the event that tells which. */
function* moveRequest(tx: Transaction, end: BuildEnd, build: EndingBuild): Work<NewEvent> {
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
      return { type: 'request.finished', ...about, data: { result: end.result } };
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
  yield* signal({ topic: 'requests' });
  return {
    type: 'request.requeued',
    ...about,
    data: { because: end.reason ?? end.result, notBefore: next.kind === 'retry' ? next.notBefore : tx.now },
  };
}
