import { MillraceError } from '@millrace/kernel/errors';

/** The command was asked for something that cannot be: the message says what was expected. */
export class UsageError extends MillraceError<'usage'> {
  constructor(message: string) {
    super('usage', message);
  }
}
