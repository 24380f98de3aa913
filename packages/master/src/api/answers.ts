import type Type from 'typebox';
import { Problem } from '@millrace/protocol/api/common';

const problem = (description: string) => ({
  description,
  content: { 'application/problem+json': { schema: Problem } },
});

/** What a route refuses by itself, beside what any route may. */
const refusals = {
  404: 'There is none of that name or number',
  409: 'As things stand it cannot be done, or the Idempotency-Key was used for another call',
  410: 'The cursor is of another store, or what it asks for has expired',
  413: 'It is larger than this call takes',
  416: 'There are no such bytes',
  422: 'It names something that is not there',
  503: 'Not now: try again in a moment',
} as const;
export type Refusal = keyof typeof refusals;

/** The description of a refusal. */
export const problemAnswer = (status: Refusal) => problem(refusals[status]);

/** What every route may answer instead of what was asked for. */
export const problems = {
  '4xx': problem(
    'The call was wrong: 400 not understood, 401 without a token, 403 the token may not, 413 too large, 415 not JSON, 429 too often: after how many seconds to come again stands in `Retry-After`',
  ),
  '5xx': problem('The master could not do it now'),
};

/**
 * The answers of a route: its own, the refusals that are its own (each is a promise that the contract test
 * holds it to), and what every route may answer.
 */
export function answers<Own extends Record<number, Type.TSchema>>(own: Own, ...refused: readonly Refusal[]) {
  return { ...own, ...refusalsOf(refused), ...problems };
}

/** The same for a route whose own answers are not JSON. */
export function refusalsOf(statuses: readonly Refusal[]): object {
  return Object.fromEntries(statuses.map((status) => [status, problemAnswer(status)]));
}
