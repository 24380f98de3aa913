import { operation, row, run } from '../operation.ts';
import type { Work } from '../operation.ts';
import { askCancel } from './builds.ts';
import type { CancelAnswer } from './builds.ts';
import { emit } from './emit.ts';
import { forUpdate } from './for-update.ts';

export type CancelRequestAnswer =
  | { readonly kind: 'unknown' }
  | { readonly kind: 'already-finished' }
  | { readonly kind: 'cancelled' }
  /** It is being built: the build is asked to end. */
  | { readonly kind: 'cancelling'; readonly build: number };

/** Somebody does not want it any more: one that waits ends at once, one that is built is cancelled. */
export const cancelRequest = operation(
  'requests.cancel',
  function* (tx, input: { readonly request: number; readonly message: string }): Work<CancelRequestAnswer> {
    const request = yield* row<{ state: string; builder: string; buildset: number; build: number | null }>(
      `select state, builder, buildset, build from requests where id = ?${forUpdate(tx)}`,
      input.request,
    );
    if (!request) return { kind: 'unknown' };
    if (request.state === 'finished') return { kind: 'already-finished' };
    if (request.state === 'claimed' && request.build !== null) {
      const asked: CancelAnswer = yield* askCancel(tx, {
        build: request.build,
        reason: 'cancelled',
        message: input.message,
      });
      return asked.kind === 'cancelling'
        ? { kind: 'cancelling', build: request.build }
        : { kind: 'already-finished' };
    }
    yield* run(
      `update requests set state = 'finished', result = 'cancelled', reason = 'cancelled', finished_at = ? where id = ?`,
      tx.now,
      input.request,
    );
    const about = { request: input.request, builder: request.builder, buildset: request.buildset };
    yield* emit(tx, { type: 'request.cancelled', ...about, data: { message: input.message } });
    yield* emit(tx, { type: 'request.finished', ...about, data: { result: 'cancelled' } });
    return { kind: 'cancelled' };
  },
);
