import type { Holding } from '@millrace/protocol/agent/messages';
import type { PropertyValue } from '@millrace/protocol/property';
import type { Reason } from '@millrace/protocol/result';
import { operation, query, row, run, signal } from '../operation.ts';
import type { Transaction, Work } from '../operation.ts';
import { addBuildset } from './buildsets.ts';
import type { AddedBuildset } from './buildsets.ts';
import { emit } from './emit.ts';
import { endBuild } from './end-build.ts';
import { forUpdate } from './for-update.ts';
import { once } from './idempotency.ts';
import type { Idempotency, Once } from './idempotency.ts';
import type { WorkerSession } from './workers.ts';

export interface CancelInput {
  readonly build: number;
  readonly reason: Reason;
  /** Who or why, for people. */
  readonly message: string;
}

export type CancelAnswer =
  | { readonly kind: 'cancelling' }
  | { readonly kind: 'already-finished' }
  | { readonly kind: 'unknown' };

/**
 * Asks that a running build be cancelled: the worker ends its commands and says so in the journal. Asking
 * again changes nothing; the first reason stands.
 */
export const cancelBuild = operation('builds.cancel', askCancel);

export function* askCancel(tx: Transaction, input: CancelInput): Work<CancelAnswer> {
  const build = yield* row<{ state: string; builder: string; cancel_reason: string | null; requeue: number }>(
    `select state, builder, cancel_reason, requeue from builds where id = ?${forUpdate(tx)}`,
    input.build,
  );
  if (!build) return { kind: 'unknown' };
  if (build.state !== 'running') return { kind: 'already-finished' };
  if (build.cancel_reason !== null && build.requeue === 0) return { kind: 'cancelling' };
  // A person's cancel is stronger than a stop that would queue it again.
  yield* run(
    'update builds set cancel_reason = ?, cancel_message = ?, requeue = 0 where id = ?',
    input.reason,
    input.message,
    input.build,
  );
  yield* emit(tx, {
    type: 'build.cancelling',
    build: input.build,
    builder: build.builder,
    data: { reason: input.reason, message: input.message },
  });
  yield* signal({ topic: 'cancel', build: input.build });
  return { kind: 'cancelling' };
}

/** Who holds a running build, for telling them something; undefined when it runs no more. */
export interface Holder extends Holding {
  readonly worker: string;
  readonly master: string | null;
  readonly cancel: { readonly reason: Reason; readonly message: string } | null;
}

export const holderOf = query('builds.holder', function* (_tx, input: { readonly build: number }): Work<
  Holder | undefined
> {
  const found = yield* row<{
    fence: number;
    worker: string;
    master: string | null;
    cancel_reason: Reason | null;
    cancel_message: string | null;
  }>(
    `select b.fence, b.worker, w.master, b.cancel_reason, b.cancel_message
       from builds b join workers w on w.name = b.worker where b.id = ? and b.state = 'running'`,
    input.build,
  );
  if (!found) return undefined;
  const { fence, worker, master, cancel_reason: reason, cancel_message: message } = found;
  return {
    build: input.build,
    fence,
    worker,
    master,
    cancel: reason ? { reason, message: message ?? '' } : null,
  };
});

export type RetryAnswer =
  | { readonly kind: 'unknown' }
  | { readonly kind: 'conflict' }
  | ({ readonly kind: 'added' } & AddedBuildset);

interface BuiltBefore {
  builder: string;
  number: number;
  priority: number;
  repository: string | null;
  branch: string | null;
  revision: string | null;
  properties: string;
}

/** A new build of the same source with the same properties, whatever became of the first. */
export const retryBuild = operation(
  'builds.retry',
  function* (
    tx,
    input: { readonly build: number; readonly reason?: string; readonly idempotency?: Idempotency | null },
  ): Work<RetryAnswer> {
    const before = yield* row<BuiltBefore>(
      `select b.builder, b.number, r.priority, s.repository, s.branch, s.revision, s.properties
       from builds b join requests r on r.id = b.request join buildsets s on s.id = r.buildset where b.id = ?`,
      input.build,
    );
    if (!before) return { kind: 'unknown' };
    const { repository, branch, revision } = before;
    const added: Once<AddedBuildset> = yield* once(tx, input.idempotency ?? null, () =>
      addBuildset(tx, {
        scheduler: null,
        reason: input.reason ?? `Retry of ${before.builder} #${before.number}`,
        source:
          repository !== null && branch !== null && revision !== null
            ? { repository, branch, revision }
            : null,
        properties: JSON.parse(before.properties) as Record<string, PropertyValue>,
        builders: [{ name: before.builder, priority: before.priority }],
      }),
    );
    return added.kind === 'conflict' ? added : { kind: 'added', ...added.answer };
  },
);

/** The worker that was given a build could not begin it; its request is tried again. */
export const refusedBuild = operation(
  'builds.refused',
  function* (tx, input: WorkerSession & Holding & { readonly message: string }): Work<void> {
    const held = yield* row(
      `select b.id from builds b join workers w on w.name = b.worker
       where b.id = ? and b.fence = ? and b.worker = ? and w.session = ? and b.state = 'running' and b.seq = 0`,
      input.build,
      input.fence,
      input.worker,
      input.session,
    );
    if (!held) return;
    yield* endBuild(tx, {
      build: input.build,
      result: 'exception',
      reason: 'refused',
      message: input.message,
    });
  },
);
