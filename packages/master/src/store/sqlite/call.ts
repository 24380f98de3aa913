import type { Effect, Operation, Transaction } from '../operation.ts';

/** An operation and what it is asked, waiting for its turn. */
export interface Call {
  readonly operation: Operation<unknown, unknown>;
  readonly input: unknown;
}

/** What came of one operation: its answer, or what it threw (then it has changed nothing). */
export type Outcome =
  | { readonly kind: 'answered'; readonly answer: unknown }
  | { readonly kind: 'threw'; readonly error: unknown };

/** Runs an operation to its end without a pause. @throws what it throws, or an effect does. */
export function drive(call: Call, tx: Transaction, effect: (effect: Effect) => unknown): unknown {
  const work = call.operation.run(tx, call.input);
  let step = work.next();
  while (!step.done) step = work.next(effect(step.value));
  return step.value;
}
