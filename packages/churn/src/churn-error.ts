/**
 * Why nothing was counted.
 *
 * - `invalid-date`, `invalid-time-zone`, `period-turned-round`, `invalid-pattern`, `named-twice`: what was
 *   asked cannot be answered; the message says what was expected.
 * - `not-a-repository`, `unknown-branch`: it is not there.
 * - `shallow`, `partial-clone`: history is missing; the message holds the command that completes it.
 * - `tool-missing`, `tool-failed`: git or Mercurial is not installed, or ended with an error.
 * - `does-not-reconcile`: the figures contradict each other. A fault of this program or a broken
 *   repository; never shown as a result.
 */
export type ChurnErrorCode =
  | 'invalid-date'
  | 'invalid-time-zone'
  | 'invalid-pattern'
  | 'period-turned-round'
  | 'named-twice'
  | 'not-a-repository'
  | 'unknown-branch'
  | 'shallow'
  | 'partial-clone'
  | 'tool-missing'
  | 'tool-failed'
  | 'does-not-reconcile';

/** The one kind of error that a caller meets. */
export class ChurnError extends Error {
  override readonly name = 'ChurnError';
  readonly code: ChurnErrorCode;

  constructor(code: ChurnErrorCode, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.code = code;
  }
}
