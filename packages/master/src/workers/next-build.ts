import type { Plan } from '@millrace/protocol/plan';
import type { Assignment, Claimed } from '../store/operations/claim.ts';

/** A request that waits and was set aside for a slot. Whoever takes it says once what has become of it. */
export interface NextBuild {
  readonly assignment: Assignment;
  readonly plan: Plan;
  /** Null: it was not asked for, or that failed. */
  settle(claimed: Claimed | null): void;
}
