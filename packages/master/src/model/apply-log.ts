import type { Fact, LogChunk } from '@millrace/protocol/journal/record';
import { inOpenStep, no, over } from './apply-outcome.ts';
import type { Outcome, Refusal } from './apply-outcome.ts';
import { quotas } from './journal-state.ts';
import type { JournalState, OpenStep, StepLog } from './journal-state.ts';
import { wrongWithFrame } from './zstd-frame.ts';

type FactOf<Kind extends Fact['kind']> = Extract<Fact, { kind: Kind }>;

/*
 * A log belongs to the step that runs, is numbered in the order of opening, grows without holes and is closed at the
 * counts that it has.
 */

export function openLog(state: JournalState, fact: FactOf<'log-opened'>): Outcome | Refusal {
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

export function addChunk(state: JournalState, chunk: LogChunk, at: number): Outcome | Refusal {
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

export function addGap(state: JournalState, fact: FactOf<'log-gap'>, at: number): Outcome | Refusal {
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

export function closeLog(state: JournalState, fact: FactOf<'log-closed'>): Outcome | Refusal {
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
