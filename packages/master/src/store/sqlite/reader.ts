import { assert } from '@millrace/kernel/assert';
import type { Transaction } from '../operation.ts';
import { ParsedPlans } from '../parsed-plans.ts';
import { drive } from './call.ts';
import type { Call, Outcome } from './call.ts';
import type { Statements } from './statements.ts';

/**
 * Runs operations that only read. On a connection of its own (`snapshot`) each of them sees one moment of the store, and
 * every commit that was answered before.
 */
export class SqliteReader {
  readonly #statements: Statements;
  readonly #now: () => number;
  readonly #snapshot: boolean;
  readonly #plans = new ParsedPlans();

  constructor(options: { statements: Statements; now: () => number; snapshot: boolean }) {
    this.#statements = options.statements;
    this.#now = options.now;
    this.#snapshot = options.snapshot;
  }

  query(call: Call): Outcome {
    if (this.#snapshot) this.#statements.exec('begin');
    try {
      const tx: Transaction = { now: this.#now(), dialect: 'sqlite', plans: this.#plans };
      const answer = drive(call, tx, (effect) => {
        assert(effect.kind === 'rows', `the query ${call.operation.name} only reads`);
        return this.#statements.rows(effect);
      });
      return { kind: 'answered', answer };
    } catch (error) {
      return { kind: 'threw', error };
    } finally {
      if (this.#snapshot) this.#statements.exec('commit');
    }
  }
}
