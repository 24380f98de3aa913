import { operation, signal } from '../operation.ts';
import type { Signal, Work } from '../operation.ts';
import { claimAll } from './claim.ts';
import type { Assignment, Claimed } from './claim.ts';
import { applyJournal } from './journal.ts';
import type { ApplyAnswer, ApplyInput } from './journal.ts';

export interface ApplyAndClaimInput {
  readonly apply: ApplyInput;
  /** What the slot is to build next. */
  readonly claim: Assignment;
}

export interface AppliedAndClaimed {
  readonly applied: ApplyAnswer;
  /** Null: the records did not end their build, and nothing was to be claimed. */
  readonly claimed: Claimed | null;
}

/**
 * As `journal.apply`, and where the records end their build, its slot goes to another request in the same commit:
 * docs/decisions/0095-a-slot-is-filled-by-the-commit-that-frees-it.md.
 */
export const applyAndClaim = operation(
  'journal.applyAndClaim',
  function* (tx, input: ApplyAndClaimInput): Work<AppliedAndClaimed> {
    const slots: Signal[] = [];
    const applied = yield* withoutSlots(applyJournal.run(tx, input.apply), slots);
    const ended = applied.kind === 'applied' && applied.ended;
    const [claimed = null] = ended ? yield* claimAll(tx, [input.claim]) : [];
    // Nobody is told of a slot that is not free.
    if (claimed?.kind !== 'claimed') for (const held of slots) yield* signal(held);
    return { applied, claimed };
  },
);

/** Does the work, and keeps back what it tells of free slots. */
function* withoutSlots<Answer>(work: Work<Answer>, held: Signal[]): Work<Answer> {
  let step = work.next();
  while (!step.done) {
    const effect = step.value;
    if (effect.kind === 'signal' && effect.signal.topic === 'slots') {
      held.push(effect.signal);
      step = work.next();
    } else step = work.next(yield effect);
  }
  return step.value;
}
