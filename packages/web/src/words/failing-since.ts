import type { Build } from '@millrace/protocol/api/builds';

export interface FailingSince {
  /** The first of the unbroken row of failures that ends with this build. */
  readonly first: Build;
  readonly failures: number;
  /** The last good one before; undefined where the history does not reach so far. */
  readonly lastGood: Build | undefined;
}

/**
 * Since when a build's builder and branch fail. `history` is newest first. Builds that say nothing about the
 * code (cancelled, exception, skipped) neither break the row nor count. Undefined for one that has not failed.
 */
export function failingSince(history: readonly Build[], build: Build): FailingSince | undefined {
  if (build.result !== 'failure') return undefined;
  let first = build;
  let failures = 1;
  for (const earlier of history) {
    if (earlier.number >= build.number) continue;
    if (earlier.result === 'success' || earlier.result === 'warnings')
      return { first, failures, lastGood: earlier };
    if (earlier.result === 'failure') {
      first = earlier;
      failures += 1;
    }
  }
  return { first, failures, lastGood: undefined };
}
