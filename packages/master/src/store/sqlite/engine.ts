import { unreachable } from '@millrace/kernel/assert';
import type { Effect, FreshEvents, Signal, SignalWants, Transaction } from '../operation.ts';
import { ParsedPlans } from '../parsed-plans.ts';
import type { BytesKeeper, BytesMark } from './bytes-keeper.ts';
import { drive } from './call.ts';
import type { Call, Outcome } from './call.ts';
import { EmittedEvents } from './emitted-events.ts';
import { isDiskFull, tellSqliteError } from './sqlite-errors.ts';
import type { Statements } from './statements.ts';

/** What came of a group: `failed`, and nothing of it has happened (`disk-full` ...); `crashed`, by a hook. */
export type GroupResult =
  | {
      readonly kind: 'committed';
      readonly outcomes: readonly Outcome[];
      readonly signals: readonly Signal[];
      /** Segments that are no more. */
      readonly dropped: readonly number[];
      /** Files of kept bytes that were made durable for it. */
      readonly segmentSyncs: number;
    }
  | { readonly kind: 'failed'; readonly error: unknown }
  | { readonly kind: 'crashed' };

/** Called around each commit by those who crash there: what they throw ends the group, and nobody is told. */
export interface CommitHooks {
  /** Throws: the group is rolled back. */
  readonly beforeCommit?: () => void;
  /** Throws: the group is committed. */
  readonly afterCommit?: () => void;
}

/**
 * Runs operations on the one SQLite connection that writes.
 *
 * A group of operations is one durable commit: `begin`, the operations one after the other, the kept bytes are
 * made durable, then the commit. What `begin` to `commit` does is synchronous: nobody else has a turn.
 *
 * An operation that throws must be undone alone. That takes a savepoint around each of them, at each of which SQLite
 * copies every page that the operation is the first to change, and each is two statements more. Nearly
 * none throws. So a group is run without savepoints; where one throws, all of it is undone and run again with them.
 */
export class SqliteEngine {
  readonly #statements: Statements;
  readonly #bytes: BytesKeeper;
  readonly #now: () => number;
  readonly #hooks: CommitHooks;
  readonly #plans = new ParsedPlans();
  readonly #emitted = new EmittedEvents();
  #handsOnEvents = false;
  #signals: Signal[] = [];
  #dropped: number[] = [];

  constructor(options: {
    statements: Statements;
    bytes: BytesKeeper;
    now: () => number;
    hooks?: CommitHooks;
  }) {
    this.#statements = options.statements;
    this.#bytes = options.bytes;
    this.#now = options.now;
    this.#hooks = options.hooks ?? {};
  }

  /** Runs the calls in one durable commit. One that throws is undone alone. `wants`: what its signals bring. */
  commitGroup(calls: readonly Call[], wants: SignalWants = nothing): GroupResult {
    this.#handsOnEvents = wants.events;
    const start = this.#bytes.mark();
    try {
      const outcomes = this.#runTogether(calls, start) ?? this.#runApart(calls);
      const segmentSyncs = this.#settleBytes();
      if (crashes(this.#hooks.beforeCommit)) {
        this.#undo(start);
        return { kind: 'crashed' };
      }
      this.#statements.exec('commit');
      this.#bytes.committed();
      if (crashes(this.#hooks.afterCommit)) return { kind: 'crashed' };
      this.#bytes.drop(this.#dropped);
      const signals = unique(this.#signals, this.#emitted.packed());
      return { kind: 'committed', outcomes, signals, dropped: this.#dropped, segmentSyncs };
    } catch (error) {
      this.#undo(start);
      return { kind: 'failed', error: tellSqliteError(error) };
    }
  }

  /**
   * What was kept is durable, and the rows that say how far are in the same commit as those that point at it. Answers
   * how many segments have grown: each was synced.
   */
  #settleBytes(): number {
    this.#bytes.settle();
    const grown = this.#bytes.grown();
    for (const reach of grown) {
      this.#statements
        .get(
          `insert into segments (id, bytes, opened_at, sealed) values (?, ?, ?, ?)
           on conflict (id) do update set bytes = excluded.bytes, sealed = excluded.sealed`,
        )
        .run(reach.segment, reach.bytes, this.#now(), reach.sealed ? 1 : 0);
    }
    return grown.length;
  }

  #undo(start: BytesMark): void {
    // SQLite has rolled back by itself after some errors (a full disk).
    if (this.#statements.inTransaction) this.#statements.exec('rollback');
    this.#bytes.back(start);
  }

  #begin(): void {
    this.#signals = [];
    this.#emitted.clear();
    this.#dropped = [];
    this.#statements.exec('begin immediate');
  }

  /** Undefined: one of them threw, and nothing of the group has happened. */
  #runTogether(calls: readonly Call[], start: BytesMark): Outcome[] | undefined {
    this.#begin();
    const outcomes: Outcome[] = [];
    for (const call of calls) {
      try {
        outcomes.push(this.#run(call));
      } catch (error) {
        if (this.#concernsAll(error)) throw error;
        this.#undo(start);
        return undefined;
      }
    }
    return outcomes;
  }

  /** Each by itself: one that throws is undone, and the others are not disturbed. */
  #runApart(calls: readonly Call[]): Outcome[] {
    this.#begin();
    return calls.map((call) => this.#inSavepoint(call));
  }

  #inSavepoint(call: Call): Outcome {
    const mark = this.#bytes.mark();
    const signals = this.#signals.length;
    const emitted = this.#emitted.count;
    const dropped = this.#dropped.length;
    this.#statements.exec('savepoint operation');
    try {
      const outcome = this.#run(call);
      this.#statements.exec('release operation');
      return outcome;
    } catch (error) {
      if (this.#concernsAll(error)) throw error;
      this.#statements.exec('rollback to operation');
      this.#statements.exec('release operation');
      this.#bytes.back(mark);
      this.#signals.length = signals;
      this.#emitted.back(emitted);
      this.#dropped.length = dropped;
      return { kind: 'threw', error };
    }
  }

  #run(call: Call): Outcome {
    const tx: Transaction = { now: this.#now(), dialect: 'sqlite', plans: this.#plans };
    return { kind: 'answered', answer: drive(call, tx, (effect) => this.#effect(effect)) };
  }

  /** A full disk is the group's, not the operation's; and a transaction that is gone takes all with it. */
  #concernsAll(error: unknown): boolean {
    return !this.#statements.inTransaction || isDiskFull(error);
  }

  #effect(effect: Effect): unknown {
    switch (effect.kind) {
      case 'rows':
        return this.#statements.rows(effect);
      case 'run':
        return Number(this.#statements.get(effect.sql).run(...effect.params).changes);
      case 'insert':
        return newIds(this.#statements.get(effect.sql).run(...effect.params).lastInsertRowid, effect.rows);
      case 'emit':
        this.#emit(effect);
        return undefined;
      case 'keep':
        return this.#bytes.keep(effect.bytes);
      case 'drop':
        this.#dropped.push(effect.segment);
        return undefined;
      case 'signal':
        this.#signals.push(effect.signal);
        return undefined;
      default:
        return unreachable(effect);
    }
  }

  #emit({ sql, params, rows }: Extract<Effect, { readonly kind: 'emit' }>): void {
    const inserted = this.#statements.get(sql).run(...params);
    if (this.#handsOnEvents) this.#emitted.add(Number(inserted.lastInsertRowid) - rows + 1, rows, params);
    this.#signals.push(eventsSignal);
  }
}

const eventsSignal = { topic: 'events' } as const;
const nothing: SignalWants = { events: false };

/** One statement's new rows have ids one after the other: nobody else writes, and each is one more than the largest so far. */
function newIds(last: number | bigint, rows: number): readonly number[] {
  return Array.from({ length: rows }, (_, index) => Number(last) - rows + 1 + index);
}

function crashes(hook: (() => void) | undefined): boolean {
  try {
    hook?.();
    return false;
  } catch {
    return true;
  }
}

/** @param fresh goes with the signal that there are events */
function unique(signals: readonly Signal[], fresh: FreshEvents | undefined): readonly Signal[] {
  const byText = new Map(signals.map((signal) => [JSON.stringify(signal), signal]));
  if (fresh) byText.set(JSON.stringify(eventsSignal), { ...eventsSignal, fresh });
  return [...byText.values()];
}
