import type { Plan } from '@millrace/protocol/plan';
import { defaultTrust } from '@millrace/protocol/plan';

/**
 * A plan as a claim hands it to the store: its text, which is kept as it is, and what the claim itself asks of it. (As
 * an object it would be copied between threads part by part, there and back with each build: one of 37 steps took 0.15 ms for that, and takes 2 us.)
 */
export interface PlanToKeep extends Pick<Plan, 'onSilence' | 'lostAfterMs' | 'properties'> {
  /** JSON. */
  readonly text: string;
  readonly trust: string;
}

/** Of plans that builds were given out with: they are frozen, and each is the plan of many. */
const known = new WeakMap<Plan, PlanToKeep>();

export function planToKeep(plan: Plan): PlanToKeep {
  const before = known.get(plan);
  if (before !== undefined) return before;
  const { onSilence, lostAfterMs, properties, trust = defaultTrust } = plan;
  const made = { text: JSON.stringify(plan), trust, onSilence, lostAfterMs, properties };
  known.set(plan, made);
  return made;
}
