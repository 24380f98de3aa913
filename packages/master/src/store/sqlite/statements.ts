import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { Effect } from '../operation.ts';

/** Texts that are kept prepared. Constant ones are few; composed ones (filters) have some hundred shapes. */
const statementsMax = 1_000;

type RowsAsked = Extract<Effect, { readonly kind: 'rows' }>;

/** One connection's prepared statements, by their text. */
export class Statements {
  readonly #database: DatabaseSync;
  readonly #prepared = new Map<string, StatementSync>();

  constructor(database: DatabaseSync) {
    this.#database = database;
  }

  get inTransaction(): boolean {
    return this.#database.isTransaction;
  }

  get(sql: string): StatementSync {
    const known = this.#prepared.get(sql);
    if (known !== undefined) return known;
    // The oldest goes: what is used every day comes back at once.
    for (const oldest of this.#prepared.keys()) {
      if (this.#prepared.size < statementsMax) break;
      this.#prepared.delete(oldest);
    }
    const statement = this.#database.prepare(sql);
    this.#prepared.set(sql, statement);
    return statement;
  }

  /** What a text that asks for rows finds. */
  rows({ sql, params, asArrays = false }: RowsAsked): readonly unknown[] {
    // The driver keeps with a statement what it makes of a row, so that one text in both ways is two statements.
    if (!asArrays) return this.get(sql).all(...params);
    const statement = this.get(`${sql} -- as arrays`);
    statement.setReturnArrays(true);
    return statement.all(...params);
  }

  exec(sql: string): void {
    this.get(sql).run();
  }
}
