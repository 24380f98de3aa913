import { describe, expect, test } from 'vitest';
import { holdAfter, holdSentence } from './worker-hold.ts';

describe("a worker's hold", () => {
  test.each([
    [null, 'pause', 2, 'paused', ['worker.paused'], true],
    ['paused', 'pause', 0, 'paused', ['worker.paused'], true],
    [null, 'drain', 2, 'draining', ['worker.draining'], true],
    [null, 'drain', 0, 'drained', ['worker.draining', 'worker.drained'], true],
    ['draining', 'build-ended', 1, 'draining', [], false],
    ['draining', 'build-ended', 0, 'drained', ['worker.drained'], false],
    ['paused', 'build-ended', 0, 'paused', [], false],
    [null, 'build-ended', 0, null, [], false],
    ['drained', 'resume', 0, null, ['worker.resumed'], false],
    [null, 'resume', 0, null, [], false],
  ] as const)('%s, %s with %i running: %s', (state, input, running, next, events, isNew) => {
    expect(holdAfter(state, input, running)).toEqual({ state: next, events, isNew });
  });

  test('says who and why', () => {
    expect(holdSentence({ state: 'paused', by: 'ann', reason: 'a new disk' })).toBe(
      'paused by "ann": a new disk',
    );
    expect(holdSentence({ state: 'draining', by: null, reason: 'upgrade' })).toBe('draining: upgrade');
  });
});
