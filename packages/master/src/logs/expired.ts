import { codeOf, MillraceError } from '@millrace/kernel/errors';
import type { LogHead } from '../store/operations/read-logs.ts';

/** @throws MillraceError `log-expired` where the bytes of a log have been removed, with when and why */
export function refuseExpired({ id, expired }: LogHead): void {
  if (expired === null) return;
  throw new MillraceError(
    'log-expired',
    `The bytes of log ${id} were removed on ${new Date(expired.at).toISOString()}: it was ${expired.because}. What the build did is still told by its steps.`,
  );
}

/** Bytes that are gone, as whoever reads the log is told of it; anything else stays what it is. */
export function readable(error: unknown, log: number): unknown {
  if (codeOf(error) !== 'bytes-missing') return error;
  return new MillraceError('log-expired', `The bytes of log ${log} have been removed: they were too old.`, {
    cause: error,
  });
}
