import { backoffMsMax } from '@millrace/protocol/plan';
import type { PlannedRetry } from '@millrace/protocol/plan';
import type { StepOutcome } from '../steps/step.ts';

/**
 * In how many milliseconds a step is tried again whose try `number` (from 1) ended so; undefined: it stays at that.
 */
export function nextTryInMs(
  retry: PlannedRetry | undefined,
  number: number,
  { result, exitCode }: StepOutcome,
): number | undefined {
  if (retry === undefined || number >= retry.tries) return undefined;
  if (result !== 'failure' && result !== 'exception') return undefined;
  if (!retry.results.includes(result)) return undefined;
  if (result === 'failure' && retry.exitCodes !== undefined) {
    if (exitCode === undefined || !retry.exitCodes.includes(exitCode)) return undefined;
  }
  return Math.min(retry.backoffMs * 2 ** (number - 1), backoffMsMax);
}
