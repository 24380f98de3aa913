import { assert, unreachable } from '@millrace/kernel/assert';
import type { Holding } from '@millrace/protocol/agent/messages';
import { decodeRecords } from '@millrace/protocol/journal/codec';
import type { DecodedRecords } from '@millrace/protocol/journal/codec';
import type { Entry, Fact, Position } from '@millrace/protocol/journal/record';
import type { Reason } from '@millrace/protocol/result';
import { applyRecord } from '../../model/apply-record.ts';
import type { JournalChange } from '../../model/journal-change.ts';
import type { JournalState, OpenStep, PlannedSteps } from '../../model/journal-state.ts';
import { skipApplied } from '../../model/skip-applied.ts';
import { operation, row } from '../operation.ts';
import type { Transaction, Work } from '../operation.ts';
import { emitAll } from './emit.ts';
import { advance, endBuild, endByJournal } from './end-build.ts';
import { loadHeld } from './held-build.ts';
import type { HeldBuild } from './held-build.ts';
import { JournalRows } from './journal-rows.ts';
import { loadJournalState } from './journal-state.ts';
import type { WorkerSession } from './workers.ts';

export interface ApplyInput extends Holding, WorkerSession {
  /** Where in the journal the first record stands. */
  readonly byte: number;
  /** Whole records, one after the other. */
  readonly records: Uint8Array;
}

export type ApplyAnswer =
  /** Committed up to `position`. `ended`: the build's journal is complete, and may be removed. */
  | { readonly kind: 'applied'; readonly position: Position; readonly ended: boolean }
  /** Records are missing before these: nothing was done. */
  | { readonly kind: 'wanted'; readonly position: Position }
  /** The build is not the worker's (any more). */
  | { readonly kind: 'fenced'; readonly message: string }
  /** A newer session speaks for the worker: what comes over this one is not heard, and not judged. */
  | { readonly kind: 'replaced' }
  /** These are no whole records: nothing was done. */
  | { readonly kind: 'malformed'; readonly message: string };

/**
 * Records of a build's journal become rows, each once and in order. Records that were applied before are passed
 * over. A journal that tells another history than the one that was applied ends its build as `journal-forked`; a
 * record that does not belong ends it as `journal-malformed` or `quota-exceeded`, after those before it.
 */
export const applyJournal = operation('journal.apply', function* (tx, input: ApplyInput): Work<ApplyAnswer> {
  const held = yield* loadHeld(tx, input.build);
  if (!held || held.worker !== input.worker || held.fence !== input.fence) {
    return {
      kind: 'fenced',
      message: `Build ${input.build} is not held by this worker with fence ${input.fence}.`,
    };
  }
  if (held.session !== input.session) return { kind: 'replaced' };
  const position: Position = { seq: held.seq, hash: held.hash, byte: held.byte };
  const skipped = skipApplied(position, input.byte, input.records);
  if (held.state !== 'running') {
    const repeated =
      held.journal_ended === 1 && skipped.kind === 'at' && skipped.offset === input.records.length;
    if (repeated) return { kind: 'applied', position, ended: true };
    return { kind: 'fenced', message: `Build ${input.build} has ended without this journal.` };
  }
  switch (skipped.kind) {
    case 'ahead':
      return { kind: 'wanted', position };
    case 'malformed':
      return skipped;
    case 'forked':
      return yield* endWith(tx, held, forked(held));
    case 'at':
      return yield* applyNew(tx, held, position, input.records.subarray(skipped.offset));
    default:
      return unreachable(skipped);
  }
});

/**
 * The worker's journal is shorter than what was applied of it: its disk was put back from a copy, or lost its last
 * writes. The build ends as `journal-forked`, where it is still the worker's.
 */
export const journalForked = operation(
  'journal.forked',
  function* (tx, input: Holding & WorkerSession & { readonly message: string }): Work<void> {
    const held = yield* loadHeld(tx, input.build);
    if (!held || held.worker !== input.worker || held.fence !== input.fence) return;
    if (held.session !== input.session) return;
    yield* endWith(tx, held, { reason: 'journal-forked', message: input.message });
  },
);

function* applyNew(
  tx: Transaction,
  held: HeldBuild,
  position: Position,
  bytes: Uint8Array,
): Work<ApplyAnswer> {
  const decoded = decodeAll(position, bytes);
  if (decoded.kind === 'malformed') return decoded;
  const loaded = yield* loadJournalState(held);
  const plan = yield* loadPlan(tx, held, decoded.entries);
  const folded = fold(loaded.state, plan, decoded.entries, tx.now);
  const end = folded.records < decoded.entries.length ? folded.end : (decoded.end ?? folded.end);
  const reached = decoded.after(folded.records);
  const rows = new JournalRows(held, loaded.logIds);
  const events = yield* rows.write(folded.changes, loaded.reopens ? held.open_step : null);
  const progress = { position: reached, state: folded.state };
  const finish = folded.changes.find((change) => change.kind === 'finish-build');
  if (!finish) {
    yield* advance(held.id, progress);
    yield* emitAll(tx, events);
    return end ? yield* endWith(tx, held, end) : { kind: 'applied', position: reached, ended: false };
  }
  yield* endByJournal(
    tx,
    {
      build: held.id,
      result: finish.result,
      reason: finish.reason ?? undefined,
      message: finish.message ?? undefined,
    },
    {
      ending: held,
      draining: held.held === 'draining',
      progress,
      allClosed: folded.openAtEnd === null,
      events,
    },
  );
  return { kind: 'applied', position: reached, ended: true };
}

/** Why a build ends though its journal does not say so. */
interface Verdict {
  readonly reason: Reason;
  readonly message: string;
}

const forked = (held: HeldBuild): Verdict => ({
  reason: 'journal-forked',
  message: `The worker's journal of this build tells another history than the one recorded up to record ${held.seq}: the worker's disk was put back from a copy, or cloned.`,
});

function* endWith(tx: Transaction, held: HeldBuild, verdict: Verdict): Work<ApplyAnswer> {
  yield* endBuild(tx, { build: held.id, result: 'exception', ...verdict });
  return { kind: 'fenced', message: verdict.message };
}

type DecodedFrame =
  /** `end`: what follows them stands in the journal for good, and is wrong. */
  | ({ readonly kind: 'records'; readonly end: Verdict | undefined } & Pick<
      DecodedRecords,
      'entries' | 'after'
    >)
  | { readonly kind: 'malformed'; readonly message: string };

function decodeAll(start: Position, bytes: Uint8Array): DecodedFrame {
  const { entries, after, stop } = decodeRecords(start, bytes);
  const seq = start.seq + entries.length;
  switch (stop.kind) {
    case 'end':
      return { kind: 'records', entries, after, end: undefined };
    case 'torn':
      return { kind: 'malformed', message: `The frame is cut within record ${seq}.` };
    case 'forked':
      return { kind: 'records', entries, after, end: forkedAt(seq) };
    case 'malformed': {
      const { message } = stop.error;
      if (!stop.chained) return { kind: 'malformed', message };
      return { kind: 'records', entries, after, end: { reason: 'journal-malformed', message } };
    }
    default:
      return unreachable(stop);
  }
}

const forkedAt = (seq: number): Verdict => ({
  reason: 'journal-forked',
  message: `Record ${seq} of the worker's journal does not continue what was recorded: the worker's disk was put back from a copy, or cloned.`,
});

interface Folded {
  readonly state: JournalState;
  readonly changes: readonly JournalChange[];
  /** How many records belong. */
  readonly records: number;
  /** The step that ran before the last of them. */
  readonly openAtEnd: OpenStep | null;
  readonly end: Verdict | undefined;
}

function fold(start: JournalState, plan: PlannedSteps, entries: readonly Entry[], now: number): Folded {
  const changes: JournalChange[] = [];
  let state = start;
  let openAtEnd = start.openStep;
  for (const [index, entry] of entries.entries()) {
    const applied = applyRecord(state, plan, entry, now);
    if (applied.kind === 'refused') return { state, changes, records: index, openAtEnd, end: applied };
    openAtEnd = state.openStep;
    state = applied.state;
    changes.push(...applied.changes);
  }
  return { state, changes, records: entries.length, openAtEnd, end: undefined };
}

/** Facts about logs, most of all that come, do not ask the plan, which may be large. */
const asksPlan: ReadonlySet<Fact['kind']> = new Set([
  'step-started',
  'step-finished',
  'command-started',
  'try-ended',
  'property-set',
  'link-added',
]);

function* loadPlan(tx: Transaction, held: HeldBuild, entries: readonly Entry[]): Work<PlannedSteps> {
  const asked = entries.some(({ fact }) => asksPlan.has(fact.kind));
  if (!asked) return { steps: [] };
  const known = tx.plans.get(held.plan_hash);
  if (known) return known;
  const stored = yield* row<{ plan: string }>('select plan from plans where hash = ?', held.plan_hash);
  assert(stored, 'a build has a plan');
  return tx.plans.add(held.plan_hash, stored.plan);
}
