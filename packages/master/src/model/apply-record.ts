import { unreachable } from '@millrace/kernel/assert';
import type { Entry, Fact, LogChunk } from '@millrace/protocol/journal/record';
import type { JournalChange } from './journal-change.ts';
import { quotas } from './journal-state.ts';
import type { JournalState, OpenStep, PlannedSteps, StepLog } from './journal-state.ts';
import { wrongWithFrame } from './zstd-frame.ts';

/*
 * A build as its journal tells it:
 *
 *   begin -> (step-started -> records of the step and its logs -> step-finished)* -> build-finished
 *
 * Steps come in the plan's order, one at a time; some may be left out, and one that is left out may be told as
 * finished with `skipped` without having started. A log belongs to the step that runs, is numbered in the order of
 * opening, grows without holes and is closed at the counts that it has. A property may be set at any time.
 * `build-finished` may come at any time too: what is open then was cut off by it.
 */

export type Applied =
  | { readonly kind: 'applied'; readonly state: JournalState; readonly changes: readonly JournalChange[] }
  /** The record does not belong. `reason` is what the build ends with; `message` a sentence that says why. */
  | {
      readonly kind: 'refused';
      readonly reason: 'journal-malformed' | 'quota-exceeded';
      readonly message: string;
    };

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

interface Outcome {
  readonly state: JournalState;
  readonly changes: readonly JournalChange[];
}
type Refusal = (entry: Entry) => Applied;

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
    case 'property':
      return setProperty(state, fact);
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

function startStep(state: JournalState, plan: PlannedSteps, step: number, at: number): Outcome | Refusal {
  if (state.openStep) return no(`step ${state.openStep.step} has not finished`);
  if (step <= state.lastStep) return no(`step ${step} was begun before`);
  const planned = plan.steps[step];
  if (!planned) return no(`the plan has no step ${step}`);
  const { name, logBytesMax } = planned;
  return {
    state: { ...state, lastStep: step, openStep: { step, name, logBytesMax, logs: [] } },
    changes: [{ kind: 'start-step', step, name, logBytesMax, at }],
  };
}

function finishStep(
  state: JournalState,
  plan: PlannedSteps,
  fact: FactOf<'step-finished'>,
  at: number,
): Outcome | Refusal {
  const leftOut = !state.openStep && fact.result === 'skipped' && fact.step > state.lastStep;
  const name = leftOut ? plan.steps[fact.step]?.name : state.openStep?.name;
  if (name === undefined || (!leftOut && state.openStep?.step !== fact.step))
    return no(`step ${fact.step} does not run`);
  const open = state.openStep?.logs.find((log) => !log.closed);
  if (open) return no(`log ${open.log} of step ${fact.step} is still open`);
  return {
    state: { ...state, lastStep: fact.step, openStep: null },
    changes: [
      {
        kind: 'finish-step',
        step: fact.step,
        name,
        started: !leftOut,
        result: fact.result,
        reason: fact.reason ?? null,
        message: fact.message ?? null,
        exitCode: fact.exitCode ?? null,
        signal: fact.signal ?? null,
        limit: fact.limit ?? null,
        at,
      },
    ],
  };
}

function openLog(state: JournalState, fact: FactOf<'log-opened'>): Outcome | Refusal {
  return inOpenStep(state, fact.step, (step) => {
    if (fact.log !== state.logs) return no(`the next log is ${state.logs}, not ${fact.log}`);
    if (step.logs.some((log) => log.name === fact.name)) return no(`its step has a log "${fact.name}"`);
    if (step.logs.length >= quotas.logsPerStep) return over(`a step has at most ${quotas.logsPerStep} logs`);
    if (state.logs >= quotas.logs) return over(`a build has at most ${quotas.logs} logs`);
    const log: StepLog = { log: fact.log, name: fact.name, bytes: 0, lines: 0, gapBytes: 0, closed: false };
    const { name, stream } = fact;
    return {
      state: { ...state, logs: state.logs + 1, openStep: { ...step, logs: [...step.logs, log] } },
      changes: [{ kind: 'open-log', step: fact.step, log: fact.log, name, stream }],
    };
  });
}

function addChunk(state: JournalState, chunk: LogChunk, at: number): Outcome | Refusal {
  return inOpenLog(state, chunk.log, (step, log) => {
    if (chunk.bytes === 0) return no('its chunk is empty');
    if (chunk.firstByte !== log.bytes)
      return no(`its chunk stands at byte ${chunk.firstByte}, the log ends at ${log.bytes}`);
    if (chunk.firstLine !== log.lines)
      return no(`its chunk stands at line ${chunk.firstLine}, the log ends at ${log.lines}`);
    const wrong = wrongWithFrame(chunk.data, chunk.bytes);
    if (wrong !== undefined) return no(`its chunk ${wrong}`);
    const bytes = log.bytes + chunk.bytes;
    if (bytes - log.gapBytes > step.logBytesMax + quotas.logSlackBytes)
      return over(`a log of this step keeps at most ${step.logBytesMax} bytes`);
    const logBytes = state.logBytes + chunk.bytes;
    if (logBytes > quotas.logBytes) return over(`a build keeps at most ${quotas.logBytes} bytes of logs`);
    return {
      state: withLog({ ...state, logBytes }, step, { ...log, bytes, lines: log.lines + chunk.lines }),
      changes: [{ kind: 'add-chunk', chunk, at }],
    };
  });
}

function addGap(state: JournalState, fact: FactOf<'log-gap'>, at: number): Outcome | Refusal {
  return inOpenLog(state, fact.log, (step, log) => {
    if (fact.bytes === 0) return no('its gap is empty');
    const bytes = log.bytes + fact.bytes;
    const lines = log.lines + fact.lines;
    if (!Number.isSafeInteger(bytes) || fact.lines > fact.bytes) return no('its gap cannot be counted');
    return {
      state: withLog(state, step, { ...log, bytes, lines, gapBytes: log.gapBytes + fact.bytes }),
      changes: [
        {
          kind: 'add-gap',
          log: fact.log,
          firstByte: log.bytes,
          firstLine: log.lines,
          bytes: fact.bytes,
          lines: fact.lines,
          at,
        },
      ],
    };
  });
}

function closeLog(state: JournalState, fact: FactOf<'log-closed'>): Outcome | Refusal {
  return inOpenLog(state, fact.log, (step, log) => {
    // A last line without a line feed is a line to people, though no chunk counts it.
    const unfinishedLines = fact.lines === log.lines + 1 && log.bytes > 0 ? 1 : 0;
    if (fact.bytes !== log.bytes || fact.lines !== log.lines + unfinishedLines) {
      return no(
        `it closes a log of ${log.bytes} bytes and ${log.lines} lines at ${fact.bytes} bytes and ${fact.lines} lines`,
      );
    }
    return {
      state: withLog(state, step, { ...log, closed: true }),
      changes: [{ kind: 'close-log', log: fact.log, unfinishedLines }],
    };
  });
}

function setProperty(state: JournalState, fact: FactOf<'property'>): Outcome | Refusal {
  const propertyRecords = state.propertyRecords + 1;
  if (propertyRecords > quotas.propertyRecords)
    return over(`a build sets properties at most ${quotas.propertyRecords} times`);
  return {
    state: { ...state, propertyRecords },
    changes: [{ kind: 'set-property', name: fact.name, value: fact.value, source: fact.source }],
  };
}

function inOpenStep(
  state: JournalState,
  step: number,
  then: (open: OpenStep) => Outcome | Refusal,
): Outcome | Refusal {
  return state.openStep?.step === step ? then(state.openStep) : no(`step ${step} does not run`);
}

function inOpenLog(
  state: JournalState,
  number: number,
  then: (step: OpenStep, log: StepLog) => Outcome | Refusal,
): Outcome | Refusal {
  const log = state.openStep?.logs.find((one) => one.log === number);
  if (!state.openStep || !log) return no(`the step that runs has no log ${number}`);
  return log.closed ? no(`log ${number} is closed`) : then(state.openStep, log);
}

function withLog(state: JournalState, step: OpenStep, changed: StepLog): JournalState {
  return {
    ...state,
    openStep: { ...step, logs: step.logs.map((log) => (log.log === changed.log ? changed : log)) },
  };
}

const no =
  (why: string): Refusal =>
  (entry) =>
    refused(entry, why);
const over =
  (why: string): Refusal =>
  (entry) =>
    overQuota(entry, why);

function refused(entry: Entry, why: string): Applied {
  return { kind: 'refused', reason: 'journal-malformed', message: sentence(entry, why) };
}

function overQuota(entry: Entry, why: string): Applied {
  return { kind: 'refused', reason: 'quota-exceeded', message: sentence(entry, why) };
}

function sentence(entry: Entry, why: string): string {
  return `Record ${entry.seq} of the journal (${entry.fact.kind}) does not belong: ${why}.`;
}
