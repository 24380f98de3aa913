import type { Build } from '@millrace/protocol/api/builds';
import type { Result } from '@millrace/protocol/result';
import { equals, oneOf, within } from './where.ts';
import type { Condition, Span } from './where.ts';

/** What a list of builds may be ordered by; by its end: those that have one. */
export const buildOrders = ['id', 'startedAt', 'finishedAt'] as const;
export type BuildOrder = (typeof buildOrders)[number];

/** What is absent does not narrow. */
export interface BuildFilter {
  readonly builder?: string | undefined;
  /** Of one of these. */
  readonly builders?: readonly string[] | undefined;
  readonly number?: number | undefined;
  readonly request?: number | undefined;
  readonly states?: readonly Build['state'][] | undefined;
  readonly results?: readonly Result[] | undefined;
  readonly worker?: string | undefined;
  readonly branch?: string | undefined;
  readonly revision?: string | undefined;
  /** Begun in this time. */
  readonly started?: Span | undefined;
  /** Ended in this time. */
  readonly finished?: Span | undefined;
}

export function onlyRunning({ states }: BuildFilter): boolean {
  return states?.length === 1 && states[0] === 'running';
}

/** Of builds, called `b`. */
export function buildConditions(filter: BuildFilter): readonly (Condition | undefined)[] {
  return [
    equals('b.builder', filter.builder),
    oneOf('b.builder', filter.builders),
    equals('b.number', filter.number),
    equals('b.request', filter.request),
    // A constant: SQLite takes an index of some rows alone where it sees in the text that the others are not asked for.
    onlyRunning(filter) ? ["b.state = 'running'"] : oneOf('b.state', filter.states),
    oneOf('b.result', filter.results),
    equals('b.worker', filter.worker),
    equals('b.branch', filter.branch),
    equals('b.revision', filter.revision),
    ...within('b.started_at', filter.started),
    ...within('b.finished_at', filter.finished),
  ];
}
