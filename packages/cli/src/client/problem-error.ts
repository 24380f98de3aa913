import { MillraceError } from '@millrace/kernel/errors';
import type { Problem } from '@millrace/protocol/api/common';
import { printable } from './printable.ts';

/** The master answered, and said no: a problem of RFC 9457, or an answer that is none of the API's. */
export class ProblemError extends MillraceError {
  readonly status: number;

  constructor(status: number, problem: Partial<Problem>, url: string) {
    super(problem.code ?? `http-${status}`, sentence(status, problem, url));
    this.status = status;
  }
}

function sentence(status: number, problem: Partial<Problem>, url: string): string {
  if (status === 401) {
    // Who has set a token already is told what is wrong with that one.
    if (problem.code !== 'token-missing' && problem.detail !== undefined)
      return `the master at ${url} does not take what MILLRACE_TOKEN has: ${problem.detail}`;
    return `the master at ${url} wants a token: set MILLRACE_TOKEN to one that "millrace token" has made.`;
  }
  const told = problem.detail ?? problem.title;
  if (told === undefined) {
    return `${url} answered ${status}, not as a millrace master does: is MILLRACE_URL right?`;
  }
  // What the sentence says already is not said again.
  const fields = (problem.errors ?? [])
    .filter((error) => !told.includes(error.message))
    .map((error) => `\n  ${printable(error.field)}: ${printable(error.message)}`);
  return printable(told) + fields.join('');
}
