import { assert } from '@millrace/kernel/assert';
import { operation } from '../operation.ts';
import type { Work } from '../operation.ts';
import { addBuildset } from './buildsets.ts';
import type { AddedBuildset, NewBuildset } from './buildsets.ts';
import { claimAll } from './claim.ts';
import type { Assignment, Claimed } from './claim.ts';
import { once } from './idempotency.ts';
import type { Idempotency, Once } from './idempotency.ts';

export interface AddClaimedInput {
  /** For one builder. */
  readonly buildset: NewBuildset;
  readonly idempotency: Idempotency | null;
  readonly claim: Omit<Assignment, 'request'>;
}

export interface AddedClaimed {
  readonly added: Once<AddedBuildset>;
  /** Null: it was asked for before. Taken: the request waits, as any other. */
  readonly claimed: Claimed | null;
}

/** As `buildsets.add`, and claims the request in the same commit if the slot is still free. */
export const buildsetsAddClaimed = operation(
  'buildsets.addClaimed',
  function* (tx, { buildset, idempotency, claim }: AddClaimedInput): Work<AddedClaimed> {
    const added = yield* once(tx, idempotency, () => addBuildset(tx, buildset));
    if (added.kind === 'conflict' || added.repeated) return { added, claimed: null };
    const [request] = added.answer.requests;
    assert(request !== undefined, 'a buildset has a request for its builder');
    const [claimed = null] = yield* claimAll(tx, [{ ...claim, request }]);
    return { added, claimed };
  },
);
