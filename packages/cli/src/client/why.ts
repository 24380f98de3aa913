import type { Reason, Result } from '@millrace/protocol/result';

interface Ended {
  readonly result: Result | null;
  readonly reason: Reason | null;
  readonly message: string | null;
}

/** What there is to say about an end beyond its result: `timed-out`, and the message where there is one. */
export function whyOf({ result, reason, message }: Ended): string[] {
  return [reason === result ? null : reason, message].filter(
    (part): part is string => part !== null && part !== '',
  );
}
