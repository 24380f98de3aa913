import type { DatabaseSync, StatementSync } from 'node:sqlite';

/** Texts that are kept prepared. Constant ones are few; composed ones (filters) have some hundred shapes. */
const statementsMax = 1_000;

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

  exec(sql: string): void {
    this.get(sql).run();
  }
}
