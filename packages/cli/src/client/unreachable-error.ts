import { systemClock } from '@millrace/kernel/clock';
import { tlsTrouble } from '@millrace/protocol/tls-trouble';
import { codeOf, messageOf, MillraceError } from '@millrace/kernel/errors';

/** No master answered at the URL. */
export class UnreachableError extends MillraceError<'unreachable'> {
  /** Where it was looked for, and what came of it: `http://127.0.0.1:8010 (ECONNREFUSED)`. */
  readonly where: string;

  constructor(url: string, cause: unknown) {
    const inner = innermost(cause);
    const where = `${url} (${codeOf(inner) ?? messageOf(inner)})`;
    const trouble = tlsTrouble(inner, URL.parse(url)?.host ?? url, systemClock.now());
    super(
      'unreachable',
      trouble === undefined
        ? `no master answers at ${where}. Start one with "millrace up", or set MILLRACE_URL to where it is.`
        : `the master at ${url} is not believed to be it: ${trouble}.`,
      { cause },
    );
    this.where = where;
  }
}

/** `fetch` hides what happened in the cause of its error, sometimes in a list of them. */
function innermost(thrown: unknown): unknown {
  if (thrown instanceof AggregateError && thrown.errors.length > 0) return innermost(thrown.errors[0]);
  if (thrown instanceof Error && thrown.cause !== undefined) return innermost(thrown.cause);
  return thrown;
}
