import { assert } from '@millrace/kernel/assert';
import type { Clock } from '@millrace/kernel/clock';
import type { Random } from '@millrace/kernel/random';
import type { BytesPlace, Operation, Signal, SignalWants } from '../operation.ts';
import { SignalListeners } from '../signal-listeners.ts';
import type { Store } from '../store.ts';
import type { BytesReader } from './bytes-keeper.ts';
import type { Outcome } from './call.ts';
import type { CommitHooks } from './engine.ts';
import { openBytesReader, openEngine, openMemoryEngine } from './open-engine.ts';
import type { OpenedEngine } from './open-engine.ts';

export interface InPlaceOptions {
  /** A folder that is nobody else's; null: in memory. */
  readonly folder: string | null;
  readonly clock: Clock;
  readonly random: Random;
  readonly hooks?: CommitHooks;
}

/**
 * A store in the caller's own thread, one commit an operation: for tests and the simulator. An operation is run
 * at once when it is asked for; its answer and its signals come in microtasks after.
 *
 * When a hook throws, the operation that was under way is never answered, neither with an answer nor with an
 * error, as it is when a process dies. The store itself lives on: the next master finds in it what was
 * committed.
 */
export function openSqliteInPlace(options: InPlaceOptions): Store {
  const { folder, clock, ...others } = options;
  const rest = { ...others, now: () => clock.now() };
  if (folder === null) {
    const opened = openMemoryEngine(rest);
    return new SqliteInPlace(opened, opened.bytes);
  }
  return new SqliteInPlace(openEngine({ ...rest, folder, synchronous: 'off' }), openBytesReader(folder));
}

class SqliteInPlace implements Store {
  readonly epoch: string;
  readonly #opened: OpenedEngine;
  readonly #bytes: BytesReader;
  readonly #listeners = new SignalListeners();

  constructor(opened: OpenedEngine, bytes: BytesReader) {
    this.epoch = opened.epoch;
    this.#opened = opened;
    this.#bytes = bytes;
  }

  do<Input, Answer>(operation: Operation<Input, Answer>, input: Input): Promise<Answer> {
    const call = { operation: operation as Operation<unknown, unknown>, input };
    if (operation.readOnly) return settled(this.#opened.reader.query(call));
    const result = this.#opened.engine.commitGroup([call], this.#listeners.wants);
    if (result.kind === 'crashed') return new Promise(() => {});
    if (result.kind === 'failed') return settled({ kind: 'threw', error: result.error });
    this.#bytes.forget(result.dropped);
    this.#listeners.tell(result.signals);
    return settled(result.outcomes[0]);
  }

  read(place: BytesPlace, length: number): Promise<Uint8Array> {
    return this.#bytes.read(place, length);
  }

  onSignal(listen: (signal: Signal) => void, wants?: SignalWants): () => void {
    return this.#listeners.add(listen, wants);
  }

  async close(): Promise<void> {
    this.#listeners.clear();
    await this.#bytes.end();
    this.#opened.close();
  }
}

async function settled<Answer>(outcome: Outcome | undefined): Promise<Answer> {
  assert(outcome !== undefined, 'a group has an outcome for each call');
  if (outcome.kind === 'threw') throw outcome.error;
  return outcome.answer as Answer;
}
