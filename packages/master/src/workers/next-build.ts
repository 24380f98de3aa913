import type { Plan } from '@millrace/protocol/plan';
import type { Assignment, Claimed } from '../store/operations/claim.ts';
import type { ApplyInput } from '../store/operations/journal.ts';
import type { AgentStore } from './agent-store.ts';
import type { Applied } from './journal-intake.ts';

/** A request that waits and was set aside for a slot. Whoever takes it says once what has become of it. */
export interface NextBuild {
  readonly assignment: Assignment;
  readonly plan: Plan;
  /** Null: it was not asked for, or that failed. */
  settle(claimed: Claimed | null): void;
}

/** Commits records, and with those that end a build what its slot builds next, where something was set aside. */
export async function applyAndClaim(
  store: AgentStore,
  apply: ApplyInput,
  next: NextBuild | undefined,
): Promise<Applied> {
  if (next === undefined) return store.apply(apply);
  let claimed: Claimed | null = null;
  try {
    const answer = await store.applyAndClaim({ apply, claim: next.assignment });
    ({ claimed } = answer);
    return claimed?.kind === 'claimed'
      ? { ...answer.applied, next: { ...claimed.order, plan: next.plan } }
      : answer.applied;
  } finally {
    next.settle(claimed);
  }
}
