import { unreachable } from '@millrace/kernel/assert';
import type { Entry, Fact } from '@millrace/protocol/journal/record';
import { addChunk, addGap, closeLog, openLog } from './apply-log.ts';
import { inOpenStep, no, overQuota, refused } from './apply-outcome.ts';
import type { Applied, Outcome, Refusal } from './apply-outcome.ts';
import { addLink, endTry, finishStep, setProperty, startCommand, startStep } from './apply-step.ts';
import { quotas } from './journal-state.ts';
import type { JournalState, PlannedSteps } from './journal-state.ts';

/*
 * A build as its journal tells it:
 *
 *   begin -> (step-started -> records of the step and its logs -> step-finished)* -> build-finished
 *
 * `apply-step.ts` says what belongs to a step, `apply-log.ts` what to a log. `build-finished` may come at any time:
 * what is open then was cut off by it.
 */

/**
 * What the next record of a build means. Its place in the chain has been checked; this says whether it belongs to
 * this build and this plan.
 *
 * @param now the store's time, milliseconds since 1970
 */
export function applyRecord(state: JournalState, plan: PlannedSteps, entry: Entry, now: number): Applied {
  if (state.ended) return refused(entry, 'it comes after the end of the build');
  if ((entry.seq === 0) !== (entry.fact.kind === 'begin'))
    return refused(entry, 'only the first record is a beginning');
  if (entry.seq >= quotas.records) return overQuota(entry, `a build has at most ${quotas.records} records`);
  if (!Number.isFinite(entry.at)) return refused(entry, 'its time is no number');
  const outcome = applyFact(
    { ...state, seq: entry.seq + 1 },
    plan,
    entry,
    saneTime(entry.at, state.startedAt, now),
  );
  return typeof outcome === 'function' ? outcome(entry) : { kind: 'applied', ...outcome };
}

/** A worker's clock may be wrong: nothing happened before the build was given out, nor after now. */
export function saneTime(at: number, startedAt: number, now: number): number {
  return Math.min(Math.max(Math.round(at), startedAt), Math.max(now, startedAt));
}

function applyFact(state: JournalState, plan: PlannedSteps, entry: Entry, at: number): Outcome | Refusal {
  const fact = entry.fact;
  switch (fact.kind) {
    case 'begin':
      return begin(state, fact);
    case 'step-started':
      return startStep(state, plan, fact.step, at);
    case 'log-opened':
      return openLog(state, fact);
    case 'log-chunk':
      return addChunk(state, fact, at);
    case 'log-gap':
      return addGap(state, fact, at);
    case 'log-closed':
      return closeLog(state, fact);
    case 'command-started':
      return startCommand(state, plan, fact);
    case 'try-ended':
      return endTry(state, plan, fact, at);
    case 'property-set':
      return setProperty(state, plan, fact);
    case 'link-added':
      return addLink(state, plan, fact);
    case 'clocks-stopped':
      return inOpenStep(state, fact.step, () => ({ state, changes: [] }));
    case 'clocks-resumed':
      return inOpenStep(state, fact.step, () => ({
        state,
        changes: [{ kind: 'add-stopped-ms', step: fact.step, stoppedMs: Math.round(fact.stoppedMs) }],
      }));
    case 'step-finished':
      return finishStep(state, plan, fact, at);
    case 'build-finished':
      return {
        state: { ...state, openStep: null, ended: true },
        changes: [
          {
            kind: 'finish-build',
            result: fact.result,
            reason: fact.reason ?? null,
            message: fact.message ?? null,
          },
        ],
      };
    default:
      return unreachable(fact);
  }
}

type FactOf<Kind extends Fact['kind']> = Extract<Fact, { kind: Kind }>;

function begin(state: JournalState, fact: FactOf<'begin'>): Outcome | Refusal {
  if (fact.build !== state.build || fact.fence !== state.fence) return no('it begins another build');
  if (fact.planHash !== state.planHash) return no('it begins another plan');
  if (fact.worker !== state.worker) return no(`it was begun by the worker "${fact.worker}"`);
  return { state, changes: [] };
}
