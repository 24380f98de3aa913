import { query, row } from '../operation.ts';
import type { Work } from '../operation.ts';
import type { Idempotency } from './idempotency.ts';

/**
 * What became of a call with this key before; undefined: nothing yet. Only for sparing work: who then does it
 * asks `once` in the same operation.
 */
export const readOnce = query('idempotency.read', function* (_tx, input: Idempotency): Work<
  { readonly kind: 'done'; readonly answer: unknown } | { readonly kind: 'conflict' } | undefined
> {
  const found = yield* row<{ call: string; answer: string }>(
    'select call, answer from idempotency where key = ?',
    input.key,
  );
  if (!found) return undefined;
  if (found.call !== input.call) return { kind: 'conflict' };
  return { kind: 'done', answer: JSON.parse(found.answer) };
});
