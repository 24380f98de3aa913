import type {
  FromAgent,
  RefusalCode,
  Room,
  RunOrder,
  Verdict,
  WorkerFacts,
} from '@millrace/protocol/agent/messages';
import { defaultTrust } from '@millrace/protocol/plan';
import type { Plan } from '@millrace/protocol/plan';
import type { Reason, Result } from '@millrace/protocol/result';
import { verdictFor } from '../../model/verdict.ts';
import type { KnownBuild } from '../../model/verdict.ts';
import { operation, row, rows, run, signal } from '../operation.ts';
import type { Transaction, Work } from '../operation.ts';
import { emit } from './emit.ts';
import { endBuild } from './end-build.ts';
import { forUpdate } from './for-update.ts';

type Hello = Extract<FromAgent, { type: 'hello' }>;

export interface HelloInput extends Pick<
  Hello,
  'worker' | 'spool' | 'slots' | 'facts' | 'journals' | 'room'
> {
  /** Which master's connection this is. */
  readonly master: string;
  readonly lostAfterMs: number;
  /** Whom it may build for, by the master's config; absent: {@link defaultTrust}. */
  readonly trust?: string;
  /** How far the worker's clock is ahead of the master's; absent: it did not say. */
  readonly clockOffsetMs?: number | undefined;
}

/** A clock that is further off is told of. Nothing but what people read depends on it. */
export const clockOffsetMsMax = 60_000;
/** A machine that comes again and again under a name that is taken is told of this often. */
const twinToldEveryMs = 10 * 60_000;

export type HelloAnswer =
  | {
      readonly kind: 'refused';
      readonly code: RefusalCode;
      readonly message: string;
      /** It was not told a moment ago. */
      readonly isNews: boolean;
    }
  | {
      readonly kind: 'welcome';
      readonly session: number;
      readonly journals: readonly Verdict[];
      readonly run: readonly RunOrder[];
    };

/**
 * A worker's agent has connected. Its journals are compared with the store: each is resumed from the
 * store's position, or done, or fenced; what the store says runs there and the worker has never heard of is
 * given out again. The new session is the only one whose records are taken from now on.
 */
export const hello = operation('workers.hello', function* (tx, input: HelloInput): Work<HelloAnswer> {
  yield* run('insert into workers (name) values (?) on conflict (name) do nothing', input.worker);
  const known = yield* row<{
    spool: string | null;
    session: number;
    silent: number;
    heard_at: number | null;
    clock_offset_ms: number | null;
    twin_spool: string | null;
    twin_at: number | null;
  }>(
    `select spool, session, silent, heard_at, clock_offset_ms, twin_spool, twin_at from workers where name = ?${forUpdate(tx)}`,
    input.worker,
  );
  const other = known?.spool != null && known.spool !== input.spool;
  if (other && known.silent === 0) {
    // As everywhere, silence counts only while some master listened.
    const listening = yield* row<{ since: number }>('select since from listening where id = 1');
    const heardAt = Math.max(known.heard_at ?? 0, listening?.since ?? 0);
    if (heardAt > tx.now - input.lostAfterMs) return yield* refuseTwin(tx, input, heardAt, known);
  }
  if (other) yield* loseBuilds(tx, input.worker, 'Another machine has taken the name of its worker.');
  const session = (known?.session ?? 0) + 1;
  yield* run(
    `update workers set spool = ?, slots = ?, facts = ?, session = ?, master = ?, connected = 1, heard_at = ?,
       silent = 0, accepts = ?, message = ?, trust = ?, clock_offset_ms = ?, twin_spool = null where name = ?`,
    input.spool,
    input.slots,
    JSON.stringify(input.facts),
    session,
    input.master,
    tx.now,
    input.room.accepts ? 1 : 0,
    input.room.accepts ? null : input.room.message,
    input.trust ?? defaultTrust,
    input.clockOffsetMs ?? null,
    input.worker,
  );
  yield* emit(tx, {
    type: 'worker.connected',
    worker: input.worker,
    data: { master: input.master, session, slots: input.slots },
  });
  yield* tellClock(tx, input, known?.clock_offset_ms ?? 0);
  const journals = yield* judgeJournals(tx, input);
  const orders = yield* ordersMissing(tx, input);
  yield* signal({ topic: 'slots' });
  return { kind: 'welcome', session, journals, run: orders };
});

/** A clock that is off by more than {@link clockOffsetMsMax} is told of when that is seen first. */
function* tellClock(tx: Transaction, input: HelloInput, before: number): Work<void> {
  const { worker, clockOffsetMs = 0 } = input;
  if (Math.abs(clockOffsetMs) <= clockOffsetMsMax || Math.abs(before) > clockOffsetMsMax) return;
  yield* emit(tx, { type: 'worker.clock', worker, data: { offsetMs: clockOffsetMs } });
}

function* refuseTwin(
  tx: Transaction,
  input: HelloInput,
  heardAt: number,
  known: { readonly twin_spool: string | null; readonly twin_at: number | null },
): Work<HelloAnswer> {
  const seconds = Math.max(0, Math.round((tx.now - heardAt) / 1000));
  const message =
    `Another machine is the worker "${input.worker}" and was heard of ${seconds} s ago. ` +
    `Give this one a name of its own, or stop the other and wait ${Math.ceil(input.lostAfterMs / 1000)} s.`;
  const toldAt = known.twin_spool === input.spool ? (known.twin_at ?? 0) : 0;
  const isNews = tx.now - toldAt >= twinToldEveryMs;
  if (isNews) {
    yield* run(
      'update workers set twin_spool = ?, twin_at = ? where name = ?',
      input.spool,
      tx.now,
      input.worker,
    );
    yield* emit(tx, {
      type: 'worker.refused',
      worker: input.worker,
      data: { code: 'name-taken', message, hostname: input.facts.hostname },
    });
  }
  return { kind: 'refused', code: 'name-taken', message, isNews };
}

function* judgeJournals(tx: Transaction, input: HelloInput): Work<Verdict[]> {
  const verdicts: Verdict[] = [];
  for (const journal of input.journals) {
    const build = yield* row<KnownBuild>(
      `select b.worker, b.slot, b.fence, b.state, b.result, b.reason, b.seq, b.hash, b.byte, b.cancel_reason, b.cancel_message,
         b.request, r.state as request_state, r.fence as request_fence,
         (select count(*) from builds o where o.worker = b.worker and o.slot = b.slot and o.state = 'running' and o.id <> b.id) as slot_taken
       from builds b join requests r on r.id = b.request where b.id = ?`,
      journal.build,
    );
    const judged = verdictFor(input.worker, journal, build);
    if (judged.adopt && build) yield* adopt(tx, journal.build, build.request);
    verdicts.push(judged.verdict);
  }
  return verdicts;
}

/** A build that was given up for lost has finished after all, and its retry has not begun: it counts. */
function* adopt(tx: Transaction, build: number, request: number): Work<void> {
  yield* run(
    `update builds set state = 'running', result = null, reason = null, message = null, finished_at = null where id = ?`,
    build,
  );
  yield* run(`update requests set state = 'claimed', build = ? where id = ?`, build, request);
  yield* emit(tx, { type: 'build.adopted', build, request });
}

interface HeldBuild {
  id: number;
  fence: number;
  slot: number;
  seq: number;
  builder: string;
  number: number;
  plan_hash: string;
  plan: string;
  cancel_reason: Reason | null;
  cancel_message: string | null;
  facts: string | null;
}

/** Builds that the store says run here and that the hello did not name. */
function* ordersMissing(tx: Transaction, input: HelloInput): Work<RunOrder[]> {
  const named = new Set(input.journals.map((journal) => `${journal.build}-${journal.fence}`));
  const held = yield* rows<HeldBuild>(
    `select b.id, b.fence, b.slot, b.seq, b.builder, b.number, p.hash as plan_hash, p.plan,
       b.cancel_reason, b.cancel_message, f.facts
     from builds b join plans p on p.hash = b.plan left join worker_facts f on f.hash = b.facts
     where b.worker = ? and b.state = 'running' order by b.id`,
    input.worker,
  );
  const orders: RunOrder[] = [];
  for (const build of held) {
    if (named.has(`${build.id}-${build.fence}`)) continue;
    if (build.seq > 0 || build.slot >= input.slots) {
      // It had begun, and its journal is gone from the worker's disk: nobody can go on with it.
      yield* endBuild(tx, {
        build: build.id,
        result: 'exception',
        reason: 'slot-lost',
        message: 'The worker came back without the journal of this build.',
      });
    } else if (trustOf(build) !== (input.trust ?? defaultTrust)) {
      // The config has moved the worker, or the builder, to another level since it was claimed.
      yield* endBuild(tx, {
        build: build.id,
        result: 'exception',
        reason: 'worker-lost',
        message: `Its worker has the trust "${input.trust ?? defaultTrust}" now, and it needs "${trustOf(build)}".`,
      });
    } else if (build.cancel_reason !== null) {
      // Nobody wants it any more, and it has not begun.
      yield* endBuild(tx, {
        build: build.id,
        result: 'cancelled',
        reason: build.cancel_reason,
        message: build.cancel_message ?? undefined,
      });
    } else orders.push(orderOf(build));
  }
  return orders;
}

function trustOf(build: HeldBuild): string {
  return (JSON.parse(build.plan) as Plan).trust ?? defaultTrust;
}

function orderOf(build: HeldBuild): RunOrder {
  return {
    build: build.id,
    fence: build.fence,
    slot: build.slot,
    builder: build.builder,
    number: build.number,
    planHash: build.plan_hash,
    plan: JSON.parse(build.plan) as Plan,
    ...(build.facts !== null && { facts: JSON.parse(build.facts) as WorkerFacts }),
  };
}

/** A session of a worker: what its master says of it counts only while it is the newest. */
export interface WorkerSession {
  readonly worker: string;
  readonly session: number;
}

export const heard = operation(
  'workers.heard',
  function* (tx, input: { readonly heard: readonly WorkerSession[] }): Work<void> {
    for (const { worker, session } of input.heard) {
      yield* run(
        'update workers set heard_at = ?, silent = 0 where name = ? and session = ?',
        tx.now,
        worker,
        session,
      );
    }
  },
);

/** The connection is gone. The worker goes on, and its builds with it. */
export const gone = operation('workers.gone', function* (tx, input: WorkerSession): Work<void> {
  const changed = yield* run(
    'update workers set connected = 0, master = null where name = ? and session = ? and connected = 1',
    input.worker,
    input.session,
  );
  if (changed === 0) return;
  yield* emit(tx, { type: 'worker.disconnected', worker: input.worker, data: { session: input.session } });
});

export const setRoom = operation(
  'workers.room',
  function* (tx, input: WorkerSession & { readonly room: Room }): Work<void> {
    const changed = yield* run(
      'update workers set accepts = ?, message = ? where name = ? and session = ?',
      input.room.accepts ? 1 : 0,
      input.room.accepts ? null : input.room.message,
      input.worker,
      input.session,
    );
    if (changed === 0) return;
    yield* emit(tx, { type: 'worker.room', worker: input.worker, data: { ...input.room } });
    yield* signal({ topic: 'slots' });
  },
);

/** All builds of a worker end as lost, whatever their builders say of silence. */
function* loseBuilds(tx: Transaction, worker: string, message: string): Work<void> {
  const running = yield* rows<{ id: number }>(
    `select id from builds where worker = ? and state = 'running' order by id`,
    worker,
  );
  for (const { id } of running) yield* endLost(tx, id, message);
}

export function* endLost(tx: Transaction, build: number, message: string): Work<void> {
  const asked = yield* row<{ cancel_reason: Reason | null }>(
    'select cancel_reason from builds where id = ?',
    build,
  );
  const result: Result = asked?.cancel_reason ? 'cancelled' : 'exception';
  yield* endBuild(tx, { build, result, reason: asked?.cancel_reason ?? 'worker-lost', message });
}
