import { codeOf, messageOf, MillraceError } from '@millrace/kernel/errors';

/** No master answered at the URL. */
export class UnreachableError extends MillraceError<'unreachable'> {
  /** Where it was looked for, and what came of it: `http://127.0.0.1:8010 (ECONNREFUSED)`. */
  readonly where: string;

  constructor(url: string, cause: unknown) {
    const where = `${url} (${innermost(cause)})`;
    super(
      'unreachable',
      `no master answers at ${where}. Start one with "millrace up", or set MILLRACE_URL to where it is.`,
      { cause },
    );
    this.where = where;
  }
}

/** `fetch` hides what happened in the cause of its error, sometimes in a list of them. */
function innermost(thrown: unknown): string {
  if (thrown instanceof AggregateError && thrown.errors.length > 0) return innermost(thrown.errors[0]);
  if (thrown instanceof Error && thrown.cause !== undefined) return innermost(thrown.cause);
  return codeOf(thrown) ?? messageOf(thrown);
}
