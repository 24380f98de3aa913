import { MillraceError } from '@millrace/kernel/errors';

/** Why a repository cannot be read, as a literal that programs compare. */
const troubleKinds = [
  /** There is no such repository, or this user may not know of it. */
  'not-found',
  /** The host does not answer. */
  'unreachable',
  /** It asks for a password or key, or does not take the one that it was given. */
  'credentials',
  /** The host's ssh key is not known, or is another one. */
  'host-key',
  /** It did not finish in its time. */
  'too-slow',
  /** It is larger than what is kept of a repository, or tells of more branches than are followed. */
  'too-large',
  /** The variable or file that holds its password is not there. */
  'secret-missing',
  /** git or hg is not installed on the master. */
  'program-missing',
  /** Anything else. */
  'unreadable',
] as const;
export type TroubleKind = (typeof troubleKinds)[number];

/** A repository cannot be read now. The message says what happened and what to do. */
export class SourceError extends MillraceError<'source-failed'> {
  readonly trouble: TroubleKind;

  constructor(trouble: TroubleKind, message: string, options: { cause?: unknown } = {}) {
    super('source-failed', message, options);
    this.trouble = trouble;
  }
}
