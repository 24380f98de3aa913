import { LengthMismatchError } from '../errors.ts';
import type { Reading } from './source.ts';

/**
 * Holds a pass to its announced length. A block that would exceed it, or an end that comes before it, is an
 * error; nothing beyond the length is ever given on.
 */
export function exactReading(reading: Reading, expectedBytes: number, name: string): Reading {
  let seenBytes = 0;
  return {
    async read(into) {
      const bytes = await reading.read(into);
      seenBytes += bytes?.length ?? 0;
      if (bytes === undefined ? seenBytes < expectedBytes : seenBytes > expectedBytes) {
        throw new LengthMismatchError(
          'ERR_POSTER_LENGTH_MISMATCH',
          `"${name}" was to have ${expectedBytes} bytes, and ${bytes === undefined ? `ended after ${seenBytes}` : `gave at least ${seenBytes}`}`,
          { expectedBytes, actualBytes: seenBytes },
        );
      }
      return bytes;
    },
    close: () => reading.close(),
  };
}
