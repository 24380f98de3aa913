import type Type from 'typebox';
import { Problem } from '@millrace/protocol/api/common';

const problem = (description: string) => ({
  description,
  content: { 'application/problem+json': { schema: Problem } },
});

/** What every route may answer instead of what was asked for. */
export const problems = {
  '4xx': problem('The call was wrong, or cannot be done'),
  '5xx': problem('The master could not do it now'),
};

/** The answers of a route: its own, and problems. */
export function answers<Own extends Record<number, Type.TSchema>>(own: Own) {
  return { ...own, ...problems };
}
