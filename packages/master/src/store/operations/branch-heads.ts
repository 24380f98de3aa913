import { operation, query, rows, run } from '../operation.ts';
import type { Transaction, Work } from '../operation.ts';
import { addChange } from './changes.ts';
import type { NewChange } from './changes.ts';
import { emit } from './emit.ts';
import { requireLease } from './leases.ts';
import type { HeldLease } from './leases.ts';

export interface BranchHead {
  readonly branch: string;
  readonly revision: string;
}

/** The row that says that a repository has been looked at, even when it had no branch yet. */
const repositoryItself = '';

/** What was seen last of a repository; null: it has never been looked at. */
export const branchHeadsRead = query(
  'branchHeads.read',
  function* (_tx, input: { readonly repository: string }): Work<readonly BranchHead[] | null> {
    const found = yield* rows<BranchHead>(
      'select branch, revision from branch_heads where repository = ? order by branch',
      input.repository,
    );
    return found.length === 0 ? null : found.filter(({ branch }) => branch !== repositoryItself);
  },
);

/** The first look at a repository: what is there is known from now on, and nothing of it is built. */
export const branchHeadsBegin = operation(
  'branchHeads.begin',
  function* (
    tx,
    input: {
      readonly lease: HeldLease;
      readonly repository: string;
      readonly heads: readonly BranchHead[];
    },
  ): Work<void> {
    yield* requireHeld(tx, input.lease);
    for (const { branch, revision } of [{ branch: repositoryItself, revision: '' }, ...input.heads])
      yield* putHead(tx, input.repository, branch, revision);
  },
);

/**
 * A branch has a new head, or is new: its changes, oldest first, and the head become known together, so
 * that whoever looks next goes on from here. Answers how many changes were new.
 *
 * @throws MillraceError `lease-lost`
 */
export const branchHeadsMove = operation(
  'branchHeads.move',
  function* (
    tx,
    input: {
      readonly lease: HeldLease;
      readonly repository: string;
      readonly head: BranchHead;
      readonly changes: readonly NewChange[];
      /** Older commits that were left out, to be told. */
      readonly skipped?: number;
      /** The head that is no longer part of the branch, to be told. */
      readonly rewrittenFrom?: string | null;
    },
  ): Work<number> {
    yield* requireHeld(tx, input.lease);
    let added = 0;
    for (const change of input.changes) if ((yield* addChange(tx, change)).added) added++;
    yield* putHead(tx, input.repository, input.head.branch, input.head.revision);
    const { repository, head, skipped = 0, rewrittenFrom = null } = input;
    if (rewrittenFrom !== null)
      yield* emit(tx, {
        type: 'repository.rewritten',
        data: { repository, branch: head.branch, from: rewrittenFrom, to: head.revision },
      });
    if (skipped > 0)
      yield* emit(tx, {
        type: 'repository.skipped',
        data: { repository, branch: head.branch, taken: input.changes.length, skipped },
      });
    return added;
  },
);

/** A branch is gone. Should one of its name come again, it is a new one. */
export const branchHeadsForget = operation(
  'branchHeads.forget',
  function* (
    tx,
    input: { readonly lease: HeldLease; readonly repository: string; readonly branch: string },
  ): Work<void> {
    yield* requireHeld(tx, input.lease);
    yield* run(
      'delete from branch_heads where repository = ? and branch = ?',
      input.repository,
      input.branch,
    );
  },
);

function* requireHeld(tx: Transaction, lease: HeldLease): Work<void> {
  yield* requireLease(tx, lease.name, lease.holder, lease.fence);
}

function* putHead(tx: Transaction, repository: string, branch: string, revision: string): Work<void> {
  yield* run(
    `insert into branch_heads (repository, branch, revision, seen_at) values (?, ?, ?, ?)
     on conflict (repository, branch) do update set revision = excluded.revision, seen_at = excluded.seen_at`,
    repository,
    branch,
    revision,
    tx.now,
  );
}
