import { defaultTrust } from '@millrace/protocol/plan';
import type { HoldState } from '@millrace/protocol/api/holds';
import { whyWaiting } from '../../model/why-waiting.ts';
import type { WorkerState } from '../../model/why-waiting.ts';
import { query, row, rows } from '../operation.ts';
import type { Work } from '../operation.ts';

export interface ReasonsInput {
  readonly requests: readonly {
    readonly id: number;
    readonly builder: string;
    readonly priority: number;
    readonly notBefore: number;
    readonly retries: number;
  }[];
  /** The workers that each builder of the config names. */
  readonly workersOf: Readonly<Record<string, readonly string[]>>;
  /** The level of trust of each builder of the config that has another than the usual one. */
  readonly trustOf?: Readonly<Record<string, string>>;
  /** Without what workers and people said about them. */
  readonly inBrief?: boolean;
}

/** Further than this nobody counts how many go first. */
const aheadMax = 1_000;

/** Why each of these pending requests waits, by id. */
export const waitingReasons = query('requests.reasons', function* (tx, input: ReasonsInput): Work<
  Readonly<Record<number, string>>
> {
  const workers = new Map<string, WorkerState>();
  for (const worker of yield* workerStates())
    workers.set(worker.name, input.inBrief ? brief(worker) : worker);
  const reasons: Record<number, string> = {};
  for (const request of input.requests) {
    const named = input.workersOf[request.builder]?.map((name) => workers.get(name) ?? neverSeen(name));
    const ahead = yield* aheadOf(request);
    const trust = input.trustOf?.[request.builder] ?? defaultTrust;
    reasons[request.id] = whyWaiting({ ...request, trust, ahead }, named, tx.now);
  }
  return reasons;
});

function* workerStates(): Work<WorkerState[]> {
  const found = yield* rows<
    Record<'connected' | 'silent' | 'accepts' | 'slots' | 'busy', number> & {
      name: string;
      message: string | null;
      trust: string;
      held: HoldState | null;
      held_reason: string | null;
      held_by: string | null;
    }
  >(
    `select w.name, w.connected, w.silent, w.accepts, w.message, w.slots, w.trust, w.held, w.held_reason, w.held_by, count(b.id) as busy
     from workers w left join builds b on b.worker = w.name and b.state = 'running'
     group by w.name, w.connected, w.silent, w.accepts, w.message, w.slots, w.trust, w.held, w.held_reason, w.held_by`,
  );
  return found.map(({ connected, silent, accepts, held, held_reason: reason, held_by: by, ...worker }) => ({
    ...worker,
    hold: held === null ? null : { state: held, reason: reason ?? '', by },
    connected: connected === 1,
    silent: silent === 1,
    accepts: accepts === 1,
  }));
}

function brief(worker: WorkerState): WorkerState {
  const { hold } = worker;
  return { ...worker, message: null, hold: hold && { ...hold, reason: '', by: null } };
}

function neverSeen(name: string): WorkerState {
  return {
    name,
    connected: false,
    silent: false,
    accepts: true,
    message: null,
    slots: 0,
    busy: 0,
    trust: null,
    hold: null,
  };
}

function* aheadOf(request: ReasonsInput['requests'][number]): Work<number> {
  const counted = yield* row<{ ahead: number }>(
    `select count(*) as ahead from (
       select id from requests
       where state = 'pending' and builder = ? and (priority > ? or (priority = ? and id < ?)) limit ?) as first`,
    request.builder,
    request.priority,
    request.priority,
    request.id,
    aheadMax,
  );
  return counted?.ahead ?? 0;
}
