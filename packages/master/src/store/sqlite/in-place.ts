import { DatabaseSync } from 'node:sqlite';
import { assert } from '@millrace/kernel/assert';
import type { Clock } from '@millrace/kernel/clock';
import type { Random } from '@millrace/kernel/random';
import type { BytesPlace, Operation, Signal } from '../operation.ts';
import type { Store } from '../store.ts';
import type { BytesKeeper } from './bytes-keeper.ts';
import { SqliteEngine } from './engine.ts';
import type { CommitHooks, Outcome } from './engine.ts';
import { MemoryBytes } from './memory-bytes.ts';
import { migrateSqlite } from './migrate.ts';

export interface InPlaceOptions {
  /** The data folder; null: in memory. */
  readonly folder: string | null;
  readonly clock: Clock;
  readonly random: Random;
  readonly hooks?: CommitHooks;
}

/**
 * A store in the caller's own thread, one commit an operation: for tests and the simulator. An operation is run at
 * once when it is asked for; its answer and its signals come in microtasks after.
 *
 * When a hook throws, the operation that was under way is never answered, neither with an answer nor with an error,
 * as it is when a process dies. The store itself lives on: the next master finds in it what was committed.
 */
export function openSqliteInPlace(options: InPlaceOptions): Store {
  const database = new DatabaseSync(':memory:');
  const { epoch } = migrateSqlite(database, options.random);
  const bytes = new MemoryBytes();
  const engine = new SqliteEngine({ database, bytes, clock: options.clock, hooks: options.hooks ?? {} });
  return new SqliteInPlace({ epoch, database, bytes, engine });
}

class SqliteInPlace implements Store {
  readonly epoch: string;
  readonly #database: DatabaseSync;
  readonly #bytes: BytesKeeper;
  readonly #engine: SqliteEngine;
  readonly #listeners = new Set<(signal: Signal) => void>();

  constructor(options: { epoch: string; database: DatabaseSync; bytes: BytesKeeper; engine: SqliteEngine }) {
    this.epoch = options.epoch;
    this.#database = options.database;
    this.#bytes = options.bytes;
    this.#engine = options.engine;
  }

  do<Input, Answer>(operation: Operation<Input, Answer>, input: Input): Promise<Answer> {
    const call = { operation: operation as Operation<unknown, unknown>, input };
    if (operation.readOnly) return settled(this.#engine.query(call));
    const result = this.#engine.commitGroup([call]);
    if (result.kind === 'crashed') return new Promise(() => {});
    if (result.kind === 'failed') return settled({ kind: 'threw', error: result.error });
    for (const signal of result.signals) {
      queueMicrotask(() => {
        for (const listen of this.#listeners) listen(signal);
      });
    }
    return settled(result.outcomes[0]);
  }

  read(place: BytesPlace, length: number): Promise<Uint8Array> {
    return this.#bytes.read(place, length);
  }

  onSignal(listen: (signal: Signal) => void): () => void {
    // Each subscription is its own, also of one function twice.
    const own = (signal: Signal): void => listen(signal);
    this.#listeners.add(own);
    return () => this.#listeners.delete(own);
  }

  async close(): Promise<void> {
    this.#listeners.clear();
    this.#bytes.close();
    if (this.#database.isOpen) this.#database.close();
  }
}

async function settled<Answer>(outcome: Outcome | undefined): Promise<Answer> {
  assert(outcome !== undefined, 'a group has an outcome for each call');
  if (outcome.kind === 'threw') throw outcome.error;
  return outcome.answer as Answer;
}
