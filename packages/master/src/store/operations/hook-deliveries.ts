import type { HookAnswer } from '@millrace/protocol/api/hooks';
import { operation } from '../operation.ts';
import type { Work } from '../operation.ts';
import { addChange } from './changes.ts';
import type { NewChange } from './changes.ts';
import { emit } from './emit.ts';
import { once } from './idempotency.ts';
import type { Idempotency, Once } from './idempotency.ts';
import { nudgeRepository } from './repositories.ts';

/** What a hook told, and what to do about it. */
export interface HookDelivery {
  readonly idempotency: Idempotency;
  readonly repository: string;
  readonly branch: string;
  readonly changes: readonly NewChange[];
  /** Commits that were passed over, to be told. */
  readonly skipped: number;
  readonly poll: boolean;
  /** What is done about it, in words. */
  readonly message: string;
}

/**
 * Does what a delivery asks for, once: the same delivery again gets the answer of then. Answers the changes by
 * their numbers, also those that were known.
 */
export const hookDeliver = operation('hooks.deliver', (tx, input: HookDelivery): Work<Once<HookAnswer>> =>
  once(tx, input.idempotency, function* (): Work<HookAnswer> {
    const { repository, branch, changes, skipped, poll, message } = input;
    const ids: number[] = [];
    let isNews = false;
    for (const change of changes) {
      const { id, added } = yield* addChange(tx, change);
      ids.push(id);
      isNews ||= added;
    }
    if (skipped > 0 && isNews)
      yield* emit(tx, {
        type: 'repository.skipped',
        data: { repository, branch, taken: changes.length, skipped },
      });
    if (poll) yield* nudgeRepository(tx, repository);
    const outcome = changes.length > 0 ? 'changes' : poll ? 'poll' : 'ignored';
    return { outcome, message, changes: ids };
  }),
);
