import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { unreachable } from '@millrace/kernel/assert';
import type { Clock } from '@millrace/kernel/clock';
import { codeOf, MillraceError } from '@millrace/kernel/errors';
import type { Effect, Operation, Signal, Transaction, Work } from '../operation.ts';
import type { BytesKeeper, BytesMark } from './bytes-keeper.ts';

/** What came of one operation: its answer, or what it threw (then it has changed nothing). */
export type Outcome =
  | { readonly kind: 'answered'; readonly answer: unknown }
  | { readonly kind: 'threw'; readonly error: unknown };

/** What came of a group: `failed`, and nothing of it has happened (`disk-full` ...); `crashed`, by a hook. */
export type GroupResult =
  | { readonly kind: 'committed'; readonly outcomes: readonly Outcome[]; readonly signals: readonly Signal[] }
  | { readonly kind: 'failed'; readonly error: unknown }
  | { readonly kind: 'crashed' };

/** Called around each commit by those who crash there: what they throw ends the group, and nobody is told. */
export interface CommitHooks {
  /** Throws: the group is rolled back. */
  readonly beforeCommit?: () => void;
  /** Throws: the group is committed. */
  readonly afterCommit?: () => void;
}

/** An operation and what it is asked, waiting for its turn. */
export interface Call {
  readonly operation: Operation<unknown, unknown>;
  readonly input: unknown;
}

/** Texts that have been prepared. Constant texts are few; composed ones (filters) have some hundred shapes. */
const statementsMax = 1_000;

/**
 * Runs operations on one SQLite connection, each to its end without a pause.
 *
 * A group of operations is one durable commit: `begin`, one `savepoint` an operation, the kept bytes are
 * made durable, then the commit. What `begin` to `commit` does is synchronous: nobody else has a turn.
 */
export class SqliteEngine {
  readonly #database: DatabaseSync;
  readonly #bytes: BytesKeeper;
  readonly #clock: Clock;
  readonly #statements = new Map<string, StatementSync>();
  readonly #hooks: CommitHooks;
  #signals: Signal[] = [];

  constructor(options: { database: DatabaseSync; bytes: BytesKeeper; clock: Clock; hooks?: CommitHooks }) {
    this.#hooks = options.hooks ?? {};
    this.#database = options.database;
    this.#bytes = options.bytes;
    this.#clock = options.clock;
  }

  /** Runs the calls in one durable commit. One that throws is undone alone. */
  commitGroup(calls: readonly Call[]): GroupResult {
    const start = this.#bytes.mark();
    try {
      this.#signals = [];
      this.#exec('begin immediate');
      const outcomes = calls.map((call) => this.#inSavepoint(call));
      this.#settleBytes();
      if (crashes(this.#hooks.beforeCommit)) {
        this.#undo(start);
        return { kind: 'crashed' };
      }
      this.#exec('commit');
      this.#bytes.committed();
      if (crashes(this.#hooks.afterCommit)) return { kind: 'crashed' };
      return { kind: 'committed', outcomes, signals: unique(this.#signals) };
    } catch (error) {
      this.#undo(start);
      return { kind: 'failed', error: asMillraceError(error) };
    }
  }

  /** Runs an operation that only reads, outside of any commit. */
  query(call: Call): Outcome {
    try {
      return { kind: 'answered', answer: this.#drive(call) };
    } catch (error) {
      return { kind: 'threw', error: asMillraceError(error) };
    }
  }

  /** What was kept is durable, and the rows that say how far are in the same commit as those that point at it. */
  #settleBytes(): void {
    this.#bytes.settle();
    for (const reach of this.#bytes.grown()) {
      this.#prepared('update segments set bytes = ?, sealed = ? where id = ?').run(
        reach.bytes,
        reach.sealed ? 1 : 0,
        reach.segment,
      );
    }
  }

  #undo(start: BytesMark): void {
    // SQLite has rolled back by itself after some errors (a full disk).
    if (this.#database.isTransaction) this.#exec('rollback');
    this.#bytes.back(start);
  }

  #inSavepoint(call: Call): Outcome {
    const mark = this.#bytes.mark();
    const signals = this.#signals.length;
    this.#exec('savepoint operation');
    try {
      const answer = this.#drive(call);
      this.#exec('release operation');
      return { kind: 'answered', answer };
    } catch (error) {
      // A transaction that is gone takes the whole group with it.
      if (!this.#database.isTransaction) throw error;
      this.#exec('rollback to operation');
      this.#exec('release operation');
      this.#bytes.back(mark);
      this.#signals.length = signals;
      return { kind: 'threw', error: asMillraceError(error) };
    }
  }

  #drive(call: Call): unknown {
    const tx: Transaction = { now: this.#clock.now(), dialect: 'sqlite' };
    const work: Work<unknown> = call.operation.run(tx, call.input);
    let step = work.next();
    while (!step.done) step = work.next(this.#effect(step.value));
    return step.value;
  }

  #effect(effect: Effect): unknown {
    switch (effect.kind) {
      case 'rows':
        return this.#prepared(effect.sql).all(...effect.params);
      case 'run':
        return Number(this.#prepared(effect.sql).run(...effect.params).changes);
      case 'keep':
        return this.#bytes.keep(effect.bytes);
      case 'signal':
        this.#signals.push(effect.signal);
        return undefined;
      default:
        return unreachable(effect);
    }
  }

  #exec(sql: string): void {
    this.#prepared(sql).run();
  }

  #prepared(sql: string): StatementSync {
    const known = this.#statements.get(sql);
    if (known !== undefined) return known;
    // The oldest goes: what is used every day comes back at once.
    for (const oldest of this.#statements.keys()) {
      if (this.#statements.size < statementsMax) break;
      this.#statements.delete(oldest);
    }
    const statement = this.#database.prepare(sql);
    this.#statements.set(sql, statement);
    return statement;
  }
}

function crashes(hook: (() => void) | undefined): boolean {
  try {
    hook?.();
    return false;
  } catch {
    return true;
  }
}

function unique(signals: readonly Signal[]): readonly Signal[] {
  const byText = new Map(signals.map((signal) => [JSON.stringify(signal), signal]));
  return [...byText.values()];
}

const sqliteFull = 13;

/** SQLite's and the file system's words for a full disk become ours; everything else stays what it is. */
function asMillraceError(error: unknown): unknown {
  const full = codeOf(error) === 'ENOSPC' || codeOf(error) === 'EDQUOT' || errcode(error) === sqliteFull;
  if (!full) return error;
  return new MillraceError(
    'disk-full',
    'The disk under the data folder is full: nothing can be recorded until there is room. Free some space; no restart is needed.',
    { cause: error },
  );
}

function errcode(error: unknown): number | undefined {
  if (error instanceof Error && 'errcode' in error && typeof error.errcode === 'number') return error.errcode;
  return undefined;
}
