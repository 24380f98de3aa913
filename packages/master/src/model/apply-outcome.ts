import type { Entry } from '@millrace/protocol/journal/record';
import type { JournalChange } from './journal-change.ts';
import type { JournalState, OpenStep } from './journal-state.ts';

/** What came of one record. */
export type Applied =
  | ({ readonly kind: 'applied' } & Outcome)
  /** The record does not belong. `reason` is what the build ends with; `message` a sentence that says why. */
  | {
      readonly kind: 'refused';
      readonly reason: 'journal-malformed' | 'quota-exceeded';
      readonly message: string;
    };

export interface Outcome {
  readonly state: JournalState;
  readonly changes: readonly JournalChange[];
}

/** Told of the record that it refuses. */
export type Refusal = (entry: Entry) => Applied;

/** The record says what cannot be. */
export const no =
  (why: string): Refusal =>
  (entry) =>
    refused(entry, why);

/** The record says what might be, but too much of it. */
export const over =
  (why: string): Refusal =>
  (entry) =>
    overQuota(entry, why);

export function refused(entry: Entry, why: string): Applied {
  return { kind: 'refused', reason: 'journal-malformed', message: sentence(entry, why) };
}

export function overQuota(entry: Entry, why: string): Applied {
  return { kind: 'refused', reason: 'quota-exceeded', message: sentence(entry, why) };
}

function sentence(entry: Entry, why: string): string {
  return `Record ${entry.seq} of the journal (${entry.fact.kind}) does not belong: ${why}.`;
}

export function inOpenStep(
  state: JournalState,
  step: number,
  then: (open: OpenStep) => Outcome | Refusal,
): Outcome | Refusal {
  return state.openStep?.step === step ? then(state.openStep) : no(`step ${step} does not run`);
}
