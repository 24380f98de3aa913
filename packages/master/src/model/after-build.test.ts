import { describe, expect, test } from 'vitest';
import { afterBuild } from './after-build.ts';
import type { EndedBuild } from './after-build.ts';

const ended = (rest: Partial<EndedBuild>): EndedBuild => ({
  result: 'success',
  reason: undefined,
  retries: 0,
  retriesMax: 3,
  retryFirstMs: 1_000,
  cancelAsked: false,
  requeue: false,
  now: 10_000,
  ...rest,
});

describe('after a build', () => {
  test.each(['success', 'warnings', 'failure', 'skipped'] as const)('%s finishes its request', (result) => {
    expect(afterBuild(ended({ result }))).toEqual({ kind: 'finish' });
  });

  test('a lost worker or slot is tried again, later each time', () => {
    const lost = { result: 'exception', reason: 'worker-lost' } as const;
    expect(afterBuild(ended(lost))).toEqual({ kind: 'retry', notBefore: 11_000 });
    expect(afterBuild(ended({ ...lost, retries: 2 }))).toEqual({ kind: 'retry', notBefore: 14_000 });
  });

  test('the last retry is the last', () => {
    expect(afterBuild(ended({ result: 'exception', reason: 'slot-lost', retries: 3 }))).toEqual({
      kind: 'finish',
    });
  });

  test('an exception that would only happen again is not tried again', () => {
    expect(afterBuild(ended({ result: 'exception', reason: 'plan-failed' }))).toEqual({ kind: 'finish' });
  });

  test('a build that somebody cancelled is over, however it ended', () => {
    const cancelled = { result: 'cancelled', reason: 'cancelled', cancelAsked: true } as const;
    expect(afterBuild(ended(cancelled))).toEqual({ kind: 'finish' });
    expect(afterBuild(ended({ ...cancelled, result: 'exception', reason: 'slot-lost' }))).toEqual({
      kind: 'finish',
    });
  });

  test('a stop of the whole system queues it again, and is no retry', () => {
    const stopped = { cancelAsked: true, requeue: true, retries: 3 } as const;
    expect(afterBuild(ended({ ...stopped, result: 'cancelled', reason: 'master-stopped' }))).toEqual({
      kind: 'requeue',
    });
    expect(afterBuild(ended({ ...stopped, result: 'exception', reason: 'slot-lost' }))).toEqual({
      kind: 'requeue',
    });
  });

  test('a build that ended by itself before the stop reached it is finished', () => {
    expect(afterBuild(ended({ cancelAsked: true, requeue: true, result: 'success' }))).toEqual({
      kind: 'finish',
    });
  });
});
