import { hash as hashOf } from 'node:crypto';
import { assert } from '@millrace/kernel/assert';
import type { RunOrder, WorkerFacts } from '@millrace/protocol/agent/messages';
import { journalStart } from '@millrace/protocol/journal/codec';
import type { PropertyValue } from '@millrace/protocol/property';
import { insert, row, run, tuples, weighedOperation } from '../operation.ts';
import type { Transaction, Work } from '../operation.ts';
import { emitAll } from './emit.ts';
import type { NewEvent } from './emit.ts';
import { forUpdate, forUpdateOf } from './for-update.ts';
import type { PlanToKeep } from './plan-to-keep.ts';

/** "This request for this slot with this plan, if both are still free." */
export interface Assignment {
  readonly request: number;
  readonly worker: string;
  /** The worker's session when it was chosen: a newer one may have other slots. */
  readonly session: number;
  readonly slot: number;
  readonly plan: PlanToKeep;
  readonly planHash: string;
  readonly generation: string;
  readonly retriesMax: number;
  readonly retryFirstMs: number;
}

/** What a worker is told of a build, but for its plan: whoever claims it has that. */
export type ClaimedOrder = Omit<RunOrder, 'plan' | 'secrets' | 'missingSecrets'>;

export type Claimed =
  | { readonly kind: 'claimed'; readonly worker: string; readonly order: ClaimedOrder }
  /** The request, or the slot, is somebody else's by now. */
  | { readonly kind: 'taken'; readonly request: number };

/** Each assignment by itself is done or not; the answers stand in the order of the input. */
export const claim = weighedOperation(
  'dispatch.claim',
  (tx, input: { readonly assignments: readonly Assignment[] }) => claimAll(tx, input.assignments),
  // Each of these slots waits, as it would if it were claimed by an operation of its own.
  (input) => input.assignments.length,
);

export function* claimAll(tx: Transaction, assignments: readonly Assignment[]): Work<readonly Claimed[]> {
  const claimed: Claimed[] = [];
  const events: NewEvent[] = [];
  const kept: Kept = { plans: new Set(), facts: new Map(), numbers: new Map() };
  for (const assignment of assignments)
    claimed.push(yield* claimOne(tx, assignment, kept, (event) => events.push(event)));
  yield* writeNumbers(kept.numbers);
  yield* emitAll(tx, events);
  return claimed;
}

/** What one claim has kept already: builds given out together mostly have the same plan, and workers several slots. */
interface Kept {
  /** Hashes. */
  readonly plans: Set<string>;
  /** Hashes, by what they are of. */
  readonly facts: Map<string, string>;
  readonly numbers: GivenNumbers;
}

/** By builder: the last number of its builds, and the one that its row says. */
type GivenNumbers = Map<string, { last: number; readonly written: number }>;

interface PendingRequest {
  /** Of this claim. */
  fence: number;
  builder: string;
  buildset: number;
  repository: string | null;
  branch: string | null;
  revision: string | null;
  properties: string;
}

function* claimOne(
  tx: Transaction,
  assignment: Assignment,
  kept: Kept,
  tell: (event: NewEvent) => void,
): Work<Claimed> {
  const taken: Claimed = { kind: 'taken', request: assignment.request };
  const free = yield* freeSlot(tx, assignment);
  if (free === undefined) return taken;
  const request = yield* row<PendingRequest>(
    `select r.fence + 1 as fence, r.builder, r.buildset, s.repository, s.branch, s.revision, s.properties
     from requests r join buildsets s on s.id = r.buildset
     where r.id = ? and r.state = 'pending' and r.not_before <= ?${forUpdateOf(tx, 'r')}`,
    assignment.request,
    tx.now,
  );
  if (request === undefined) return taken;
  yield* keepPlan(assignment, kept);
  const number = yield* nextNumber(request.builder, kept.numbers);
  const facts = free.facts === null ? null : yield* keepFacts(free.facts, kept);
  const build = yield* insertBuild(tx, assignment, { request, number, facts });
  yield* run(
    `update requests set state = 'claimed', fence = ?, build = ? where id = ?`,
    request.fence,
    build,
    assignment.request,
  );
  yield* insertProperties(build, request.properties, assignment.plan);
  tell({
    type: 'build.started',
    build,
    builder: request.builder,
    request: assignment.request,
    buildset: request.buildset,
    worker: assignment.worker,
    data: {
      number,
      slot: assignment.slot,
      fence: request.fence,
      branch: request.branch,
      revision: request.revision,
    },
  });
  const { planHash, slot } = assignment;
  const order: ClaimedOrder = {
    build,
    fence: request.fence,
    slot,
    planHash,
    builder: request.builder,
    number,
    ...(free.facts !== null && { facts: JSON.parse(free.facts) as WorkerFacts }),
  };
  return { kind: 'claimed', worker: assignment.worker, order };
}

function* keepPlan({ planHash, plan }: Assignment, kept: Kept): Work<void> {
  if (kept.plans.has(planHash)) return;
  kept.plans.add(planHash);
  yield* run(
    'insert into plans (hash, plan) values (?, ?) on conflict (hash) do nothing',
    planHash,
    plan.text,
  );
}

/** The worker's row is locked first, so that two masters cannot fill one slot. */
function* freeSlot(tx: Transaction, assignment: Assignment): Work<{ facts: string | null } | undefined> {
  const worker = yield* row<{ slots: number; trust: string; facts: string | null }>(
    `select slots, trust, facts from workers where name = ? and session = ? and connected = 1 and accepts = 1 and held is null${forUpdate(tx)}`,
    assignment.worker,
    assignment.session,
  );
  if (!worker || assignment.slot >= worker.slots) return undefined;
  // Whatever config chose it: untrusted code never runs where trusted code does, nor the other way round.
  if (worker.trust !== assignment.plan.trust) return undefined;
  const running = yield* row(
    `select id from builds where worker = ? and slot = ? and state = 'running'`,
    assignment.worker,
    assignment.slot,
  );
  return running === undefined ? { facts: worker.facts } : undefined;
}

/** What the worker told of its machine, kept as it was: once for all builds that it is the same for. Its hash. */
function* keepFacts(facts: string, kept: Kept): Work<string> {
  const known = kept.facts.get(facts);
  if (known !== undefined) return known;
  const hash = hashOf('sha256', facts, 'hex');
  kept.facts.set(facts, hash);
  yield* run(
    'insert into worker_facts (hash, facts) values (?, ?) on conflict (hash) do nothing',
    hash,
    facts,
  );
  return hash;
}

/**
 * The first of a builder locks its row; those that follow in the claim are written by {@link writeNumbers}. (Two
 * statements: with `returning` SQLite takes twice as long as for both.)
 */
function* nextNumber(builder: string, numbers: GivenNumbers): Work<number> {
  const given = numbers.get(builder);
  if (given !== undefined) return ++given.last;
  yield* run(
    `insert into builder_numbers (builder, last) values (?, 1)
     on conflict (builder) do update set last = builder_numbers.last + 1`,
    builder,
  );
  const [next] = yield* tuples<readonly [last: number]>(
    'select last from builder_numbers where builder = ?',
    builder,
  );
  assert(next, 'an upsert leaves its row');
  const [last] = next;
  numbers.set(builder, { last, written: last });
  return last;
}

function* writeNumbers(numbers: GivenNumbers): Work<void> {
  for (const [builder, { last, written }] of numbers)
    if (last > written) yield* run('update builder_numbers set last = ? where builder = ?', last, builder);
}

function* insertBuild(
  tx: Transaction,
  assignment: Assignment,
  of: {
    readonly request: PendingRequest;
    readonly number: number;
    readonly facts: string | null;
  },
): Work<number> {
  const { request, number, facts } = of;
  return yield* insert(
    `insert into builds (builder, number, request, fence, worker, slot, plan, generation, on_silence, retries_max,
       retry_first_ms, lost_after_ms, facts, state, repository, branch, revision, started_at, seq, hash, byte)
     values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 'running', ?, ?, ?, ?, ?, ?, ?)`,
    request.builder,
    number,
    assignment.request,
    request.fence,
    assignment.worker,
    assignment.slot,
    assignment.planHash,
    assignment.generation,
    assignment.plan.onSilence,
    assignment.retriesMax,
    assignment.retryFirstMs,
    assignment.plan.lostAfterMs,
    facts,
    request.repository,
    request.branch,
    request.revision,
    tx.now,
    journalStart.seq,
    journalStart.hash,
    journalStart.byte,
  );
}

/**
 * What the build starts with: the builder's properties, and over them those of the buildset.
 * @param asked the buildset's, as JSON
 */
function* insertProperties(build: number, asked: string, plan: PlanToKeep): Work<void> {
  const given = JSON.parse(asked) as Record<string, PropertyValue>;
  for (const [name, value] of Object.entries(plan.properties)) {
    yield* run(
      'insert into properties (build, name, value, source) values (?, ?, ?, ?)',
      build,
      name,
      JSON.stringify(value),
      name in given ? 'buildset' : 'builder',
    );
  }
}
