import { chunkRawBytesMax } from '@millrace/protocol/journal/record';
import type { Plan } from '@millrace/protocol/plan';

/**
 * What the store knows of a running build when a record of its journal comes: everything that decides whether the
 * record belongs, and nothing else.
 */
export interface JournalState {
  readonly build: number;
  readonly fence: number;
  readonly worker: string;
  readonly planHash: string;
  /** Milliseconds since 1970 by the store: no time of a record stands before it. */
  readonly startedAt: number;
  /** The number of records applied. */
  readonly seq: number;
  /** The step that was last begun; -1 before the first. */
  readonly lastStep: number;
  readonly openStep: OpenStep | null;
  /** How many logs the build has opened. */
  readonly logs: number;
  /** Bytes of output kept, before compression, over all logs. */
  readonly logBytes: number;
  /** How often its steps have set a property, and the bytes of all the values. */
  readonly propertyRecords: number;
  readonly propertyBytes: number;
  /** `build-finished` was applied. */
  readonly ended: boolean;
}

export interface OpenStep {
  readonly step: number;
  readonly name: string;
  /** The most that each of its logs keeps. */
  readonly logBytesMax: number;
  /** How many of its tries have ended. */
  readonly tries: number;
  /** All logs of the step, closed ones too. */
  readonly logs: readonly StepLog[];
}

export interface StepLog {
  /** Its number in the journal. */
  readonly log: number;
  readonly name: string;
  /** Output so far, gaps included. */
  readonly bytes: number;
  /** Line feeds so far. */
  readonly lines: number;
  readonly gapBytes: number;
  readonly closed: boolean;
}

/** The steps of the stored plan: all of it that a record is held to. */
export type PlannedSteps = Pick<Plan, 'steps'>;

/** Bounds of one build, against a slot gone wrong: no honest build comes near them. */
export const quotas = {
  /** Two of each try, and room. */
  logsPerStep: 32,
  logs: 4_000,
  /** Over a log's own `logBytesMax`: the chunk that crosses it, and the one before the gap. */
  logSlackBytes: 2 * chunkRawBytesMax,
  logBytes: 64 * 1024 ** 3,
  records: 2 ** 31,
} as const;
