import { mayBeRetried } from '@millrace/protocol/result';
import type { Reason, Result } from '@millrace/protocol/result';

/*
 * What becomes of a request when a build of it has ended:
 *
 *   success, warnings, failure, skipped  -> finished with that result: the code has been judged
 *   cancelled by a stop of `millrace up` -> pending again: nobody wanted it gone
 *   cancelled                            -> finished
 *   exception that may be retried        -> pending again, later each time, up to the builder's number of retries
 *   any other exception                  -> finished
 *
 * A build that somebody asked to cancel is never tried again, however it ended.
 */
export type AfterBuild =
  | { readonly kind: 'finish' }
  | { readonly kind: 'requeue' }
  | { readonly kind: 'retry'; readonly notBefore: number };

export interface EndedBuild {
  readonly result: Result;
  readonly reason: Reason | undefined;
  /** Builds of the request that infrastructure has broken before this one. */
  readonly retries: number;
  readonly retriesMax: number;
  readonly retryFirstMs: number;
  readonly cancelAsked: boolean;
  readonly requeue: boolean;
  readonly now: number;
}

const retryMostMs = 10 * 60_000;

export function afterBuild(ended: EndedBuild): AfterBuild {
  if (ended.requeue && (ended.result === 'cancelled' || mayBeRetried(ended.result, ended.reason))) {
    return { kind: 'requeue' };
  }
  if (ended.cancelAsked || !mayBeRetried(ended.result, ended.reason)) return { kind: 'finish' };
  if (ended.retries >= ended.retriesMax) return { kind: 'finish' };
  return {
    kind: 'retry',
    notBefore: ended.now + Math.min(retryMostMs, ended.retryFirstMs * 2 ** ended.retries),
  };
}
