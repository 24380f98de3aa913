import { unreachable } from '@millrace/kernel/assert';
import { messageOf } from '@millrace/kernel/errors';
import type { Result } from '@millrace/protocol/result';
import { printableText } from './printable.ts';
import { ProblemError } from './problem-error.ts';
import { UnreachableError } from './unreachable-error.ts';
import { UsageError } from './usage-error.ts';

/** What scripts rely on. */
export const exitCodes = { success: 0, failure: 1, usage: 2, exception: 3, unreachable: 4 } as const;
export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];

/** Of a build or a request that has ended so. Nothing to do is no failure. */
export function exitCodeOfResult(result: Result | null): ExitCode {
  switch (result) {
    case 'success':
    case 'warnings':
    case 'skipped':
      return exitCodes.success;
    case 'failure':
      return exitCodes.failure;
    case 'exception':
    case 'cancelled':
    case null:
      return exitCodes.exception;
    default:
      return unreachable(result);
  }
}

/** Of a command that could not do its work. What the master refused was asked wrongly. */
export function exitCodeOfError(error: unknown): ExitCode {
  if (error instanceof UsageError) return exitCodes.usage;
  if (error instanceof UnreachableError) return exitCodes.unreachable;
  if (error instanceof ProblemError) return error.status >= 500 ? exitCodes.unreachable : exitCodes.usage;
  return exitCodes.exception;
}

/** The sentence for standard error. */
export function sentenceOf(error: unknown): string {
  return `millrace: ${printableText(messageOf(error))}`;
}
