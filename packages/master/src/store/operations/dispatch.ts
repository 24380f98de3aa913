import type { ChangedFiles } from '@millrace/protocol/condition';
import type { Reason } from '@millrace/protocol/result';
import type { PropertyValue } from '@millrace/protocol/property';
import { boundedFiles } from '../../model/bounded-files.ts';
import type { FreeSlot, WaitingRequest } from '../../model/choose.ts';
import { operation, query, row, rows, run } from '../operation.ts';
import type { Transaction, Work } from '../operation.ts';
import { emit } from './emit.ts';
import { forUpdate } from './for-update.ts';
import type { Source } from './buildsets.ts';

export interface LookInput {
  /** Only workers whose agents are connected to this master: it can reach no others. */
  readonly master: string;
  readonly builders: readonly { readonly name: string; readonly workers: readonly string[] }[];
  /** The most requests of one builder. */
  readonly perBuilderMax: number;
}

export interface Look {
  /** None is looked for where no request may go now. */
  readonly slots: readonly FreeSlot[];
  readonly requests: readonly WaitingRequest[];
  /** Some request may go now, whether there is a slot for it or not. */
  readonly due: boolean;
  /** When the next request that waits for a time may go; null where none does. */
  readonly nextNotBefore: number | null;
  readonly now: number;
}

/**
 * The free slots of a master's workers, and the first few requests of each builder that one of them may
 * run. What it costs depends on slots and builders, not on how many requests wait; and where none may go it costs
 * next to nothing, however many workers come or are done meanwhile.
 */
export const look = query('dispatch.look', function* (tx, input: LookInput): Work<Look> {
  const soonest = yield* notBefore(0);
  if (soonest === null || soonest > tx.now)
    return { slots: [], requests: [], due: false, nextNotBefore: soonest, now: tx.now };
  const slots = yield* freeSlots(input.master);
  const free = new Set(slots.map((slot) => slot.worker));
  const requests: WaitingRequest[] = [];
  // Of one builder's requests all may go to the same slots: more of them than there are slots are not chosen.
  const perBuilderMax = Math.min(input.perBuilderMax, slots.length);
  for (const builder of free.size === 0 ? [] : input.builders) {
    if (!builder.workers.some((worker) => free.has(worker))) continue;
    requests.push(...(yield* waitingOf(tx, builder.name, perBuilderMax)));
  }
  return { slots, requests, due: true, nextNotBefore: yield* notBefore(tx.now), now: tx.now };
});

/** The first few requests of a builder that may go now. */
export function* waitingOf(
  tx: Transaction,
  builder: string,
  requestsMax: number,
): Work<readonly WaitingRequest[]> {
  // `+`: else SQLite takes the index by time, and sorts all that wait to find the first few.
  return yield* rows<WaitingRequest>(
    `select r.id, r.builder, r.priority, (select b.worker from builds b where b.id = r.build) as avoid
     from requests r where r.state = 'pending' and r.builder = ? and +r.not_before <= ?
     order by r.priority desc, r.id limit ?`,
    builder,
    tx.now,
    requestsMax,
  );
}

/** The first time after this one that a pending request waits for. */
function* notBefore(after: number): Work<number | null> {
  const found = yield* row<{ at: number | null }>(
    `select min(not_before) as at from requests where state = 'pending' and not_before > ?`,
    after,
  );
  return found?.at ?? null;
}

function* freeSlots(master: string): Work<FreeSlot[]> {
  const workers = yield* rows<{ name: string; session: number; slots: number; trust: string; busy: number }>(
    `select name, session, slots, trust, busy from (
       select w.name, w.session, w.slots, w.trust,
         (select count(*) from builds b where b.worker = w.name and b.state = 'running') as busy
       from workers w where w.connected = 1 and w.accepts = 1 and w.held is null and w.master = ?) as known
     where busy < slots order by name`,
    master,
  );
  const free: FreeSlot[] = [];
  for (const { name, session, slots, trust, busy } of workers) {
    const taken = busy === 0 ? noSlots : yield* slotsTaken(name);
    for (let slot = 0; slot < slots; slot++)
      if (!taken.has(slot)) free.push({ worker: name, session, slot, trust });
  }
  return free;
}

const noSlots: ReadonlySet<number> = new Set();

function* slotsTaken(worker: string): Work<ReadonlySet<number>> {
  const builds = yield* rows<{ slot: number }>(
    `select slot from builds where worker = ? and state = 'running'`,
    worker,
  );
  return new Set(builds.map(({ slot }) => slot));
}

/** What a plan is made of, besides the config. */
export interface Asked {
  readonly source: Source | null;
  readonly properties: Readonly<Record<string, PropertyValue>>;
  /**
   * What the change that told the source says was changed, as much as a plan may carry. Null: no change told the
   * source, or it did not say.
   */
  readonly changedFiles: ChangedFiles | null;
}

interface AskedRow {
  repository: string | null;
  branch: string | null;
  revision: string | null;
  properties: string;
}

/** What these requests ask for, in their order: read of those that were chosen alone. Null: one that is not there any more. */
export const readAsked = query(
  'dispatch.asked',
  function* (_tx, input: { readonly requests: readonly number[] }): Work<readonly (Asked | null)[]> {
    const found: (Asked | null)[] = [];
    for (const request of input.requests) found.push(yield* askedBy(request));
    return found;
  },
);

/** Null: the request is not there any more. */
export function* askedBy(request: number): Work<Asked | null> {
  const asked = yield* row<AskedRow>(
    `select s.repository, s.branch, s.revision, s.properties
     from requests r join buildsets s on s.id = r.buildset where r.id = ?`,
    request,
  );
  return asked === undefined ? null : yield* askedOf(asked);
}

function* askedOf({ repository, branch, revision, properties }: AskedRow): Work<Asked> {
  const source = repository !== null &&
    branch !== null &&
    revision !== null && { repository, branch, revision };
  return {
    source: source || null,
    properties: JSON.parse(properties) as Record<string, PropertyValue>,
    changedFiles: source ? yield* changedFilesOf(source) : null,
  };
}

export function* changedFilesOf({ repository, branch, revision }: Source): Work<ChangedFiles | null> {
  const change = yield* row<{ files: string }>(
    'select files from changes where repository = ? and branch = ? and revision = ?',
    repository,
    branch,
    revision,
  );
  const files = change ? (JSON.parse(change.files) as string[]) : [];
  return files.length === 0 ? null : boundedFiles(files);
}

/** No plan can be made for a request: it ends, with the config's own words, and no worker is troubled. */
export const refusePlan = operation(
  'dispatch.refusePlan',
  function* (tx, input: { readonly request: number; readonly message: string }): Work<void> {
    const reason: Reason = 'plan-failed';
    const request = yield* row<{ state: string; builder: string; buildset: number }>(
      `select state, builder, buildset from requests where id = ?${forUpdate(tx)}`,
      input.request,
    );
    if (request?.state !== 'pending') return;
    yield* run(
      `update requests set state = 'finished', result = 'exception', reason = ?, finished_at = ? where id = ?`,
      reason,
      tx.now,
      input.request,
    );
    const { builder, buildset } = request;
    yield* emit(tx, {
      type: 'request.finished',
      request: input.request,
      builder,
      buildset,
      data: { result: 'exception', reason, message: input.message },
    });
  },
);
