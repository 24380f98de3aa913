import { backoffMsMax } from '@millrace/protocol/plan';
import type { PlannedRetry } from '@millrace/protocol/plan';
import { expect, test } from 'vitest';
import type { StepOutcome } from '../steps/step.ts';
import { nextTryInMs } from './next-try.ts';

const retry: PlannedRetry = { tries: 10, backoffMs: 1_000, results: ['failure'] };
const failed: StepOutcome = { result: 'failure', exitCode: 1 };

test('pauses double, to an end', () => {
  expect([1, 2, 3].map((number) => nextTryInMs(retry, number, failed))).toEqual([1_000, 2_000, 4_000]);
  expect(nextTryInMs({ ...retry, backoffMs: 60_000 }, 9, failed)).toBe(backoffMsMax);
});

test.each<[string, PlannedRetry | undefined, number, StepOutcome]>([
  ['the plan wants none', undefined, 1, failed],
  ['it was the last', retry, 10, failed],
  ['it went well', retry, 1, { result: 'success' }],
  ['it has warnings', retry, 1, { result: 'warnings' }],
  ['somebody cancelled it', retry, 1, { result: 'cancelled' }],
  ['it ended otherwise', retry, 1, { result: 'exception' }],
  ['its exit code is another', { ...retry, exitCodes: [75] }, 1, failed],
  ['it has no exit code', { ...retry, exitCodes: [75] }, 1, { result: 'failure', reason: 'timed-out' }],
])('there is no further try where %s', (_name, planned, number, outcome) => {
  expect(nextTryInMs(planned, number, outcome)).toBeUndefined();
});
