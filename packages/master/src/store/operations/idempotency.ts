import { row, run } from '../operation.ts';
import type { Transaction, Work } from '../operation.ts';

/** A key that the caller chose, and what it called: the same key for another call is a mistake. */
export interface Idempotency {
  readonly key: string;
  readonly call: string;
}

export type Once<Answer> =
  | { readonly kind: 'done'; readonly answer: Answer; readonly repeated: boolean }
  | { readonly kind: 'conflict' };

/** Does the work the first time that the key is seen, and later gives the answer of then. */
export function* once<Answer>(
  tx: Transaction,
  idempotency: Idempotency | null,
  work: () => Work<Answer>,
): Work<Once<Answer>> {
  if (!idempotency) return { kind: 'done', answer: yield* work(), repeated: false };
  // Taking the key first makes a second caller on PostgreSQL wait for this one's end.
  const isFirst = yield* run(
    `insert into idempotency (key, call, answer, at) values (?, ?, '', ?) on conflict (key) do nothing`,
    idempotency.key,
    idempotency.call,
    tx.now,
  );
  if (isFirst === 1) {
    const answer = yield* work();
    yield* run('update idempotency set answer = ? where key = ?', JSON.stringify(answer), idempotency.key);
    return { kind: 'done', answer, repeated: false };
  }
  const before = yield* row<{ call: string; answer: string }>(
    'select call, answer from idempotency where key = ?',
    idempotency.key,
  );
  if (!before || before.call !== idempotency.call) return { kind: 'conflict' };
  return { kind: 'done', answer: JSON.parse(before.answer) as Answer, repeated: true };
}
