import { operation, query, row, run } from '../operation.ts';
import type { Work } from '../operation.ts';
import type { Idempotency } from './idempotency.ts';

/** What a call was answered with. */
export interface KeptAnswer {
  readonly status: number;
  readonly type: string;
  readonly body: string;
}

/** They share a table with what `once` keeps, which is of other shapes. */
const keyOf = ({ key }: Idempotency): string => `answer:${key}`;

/** What a call with this key was answered; undefined: there was none. */
export const readKeptAnswer = query('answers.read', function* (_tx, input: Idempotency): Work<
  { readonly kind: 'kept'; readonly answer: KeptAnswer } | { readonly kind: 'conflict' } | undefined
> {
  const found = yield* row<{ call: string; answer: string }>(
    'select call, answer from idempotency where key = ?',
    keyOf(input),
  );
  if (!found) return undefined;
  if (found.call !== input.call) return { kind: 'conflict' };
  return { kind: 'kept', answer: JSON.parse(found.answer) as KeptAnswer };
});

/** The first answer stands. */
export const keepAnswer = operation(
  'answers.keep',
  function* (tx, input: { readonly idempotency: Idempotency; readonly answer: KeptAnswer }): Work<void> {
    yield* run(
      'insert into idempotency (key, call, answer, at) values (?, ?, ?, ?) on conflict (key) do nothing',
      keyOf(input.idempotency),
      input.idempotency.call,
      JSON.stringify(input.answer),
      tx.now,
    );
  },
);
