import { expiryText } from '../config/expiry.ts';
import { clockOffsetMsMax } from '../store/operations/workers.ts';

/** A token that ends sooner is told of at each hello. */
const expirySoonMs = 14 * 24 * 3_600_000;

/**
 * What whoever keeps a worker should know, as sentences for its log.
 *
 * @param now milliseconds since 1970
 */
export function helloNotes(given: {
  readonly worker: string;
  readonly clockOffsetMs: number | undefined;
  readonly tokenExpiresAt: number | null;
  readonly now: number;
}): readonly string[] {
  const { worker, clockOffsetMs = 0, tokenExpiresAt, now } = given;
  const notes: string[] = [];
  if (Math.abs(clockOffsetMs) > clockOffsetMsMax) notes.push(clockNote(clockOffsetMs));
  if (tokenExpiresAt !== null && tokenExpiresAt - now < expirySoonMs)
    notes.push(
      `The token of "${worker}" expires on ${expiryText(tokenExpiresAt)}: make another with "millrace token", add its hash to the master's config beside this one, and start the worker with it.`,
    );
  return notes;
}

function clockNote(offsetMs: number): string {
  const minutes = Math.round(Math.abs(offsetMs) / 60_000);
  const way = offsetMs > 0 ? 'ahead of' : 'behind';
  return `This machine's clock is ${minutes} min ${way} the master's. Builds do not depend on it, but the times of their steps are told by it, and certificates may seem to be invalid: set it right.`;
}

/** What the log of the master says, and that of the machine that has the name. */
export function twinNote(worker: string, hostname: string): string {
  return `Another machine (${JSON.stringify(hostname)}) wanted to be the worker "${worker}" too, and was refused.`;
}
