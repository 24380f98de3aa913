/**
 * How a step or a build ended. In rising order of severity, so that a build's result is the worst of
 * its steps': see {@link worst}.
 */
export const results = ['skipped', 'success', 'warnings', 'failure', 'exception', 'cancelled'] as const;
export type Result = (typeof results)[number];

/**
 * Why, where the result alone does not tell.
 *
 * With `failure`: `timed-out`. With `cancelled`: `cancelled` (somebody asked), `master-stopped` (`millrace up` was
 * interrupted). With `exception`, infrastructure: all others.
 */
export const reasons = [
  'timed-out',
  'cancelled',
  'master-stopped',
  'worker-lost',
  'slot-lost',
  'journal-forked',
  'journal-malformed',
  'silence-stopped',
  'config-changed',
  'plan-failed',
  'refused',
  'spawn-failed',
  'checkout-failed',
  'secret-missing',
  'disk-full',
  'quota-exceeded',
] as const;
export type Reason = (typeof reasons)[number];

export function worst(left: Result, right: Result): Result {
  return results.indexOf(left) >= results.indexOf(right) ? left : right;
}

/** Infrastructure failed, not the code that was built: the same build may be tried again. */
export function mayBeRetried(result: Result, reason: Reason | undefined): boolean {
  return (
    result === 'exception' &&
    (reason === 'worker-lost' ||
      reason === 'slot-lost' ||
      reason === 'journal-forked' ||
      reason === 'silence-stopped' ||
      reason === 'refused' ||
      reason === 'disk-full')
  );
}
