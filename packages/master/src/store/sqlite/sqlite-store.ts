import { assert } from '@millrace/kernel/assert';
import type { Clock } from '@millrace/kernel/clock';
import { MillraceError } from '@millrace/kernel/errors';
import type { BytesPlace, Operation, Signal, SignalWants } from '../operation.ts';
import { SignalListeners } from '../signal-listeners.ts';
import type { Store } from '../store.ts';
import { WorkDone } from '../work-done.ts';
import type { BytesReader } from './bytes-keeper.ts';
import { bytesIn } from './bytes-in.ts';
import type { Call, Outcome } from './call.ts';
import { GroupCommit } from './group-commit.ts';
import type { GroupRunner } from './group-runner.ts';

/** Measured: see docs/decisions/0077-many-operations-shorten-the-window.md. */
export const commitWindowMs = 16;
const busyWindowMs = 11;
const busyOperations = 6;
/** What one request asks for until its command runs, one commit after the other: enqueued, claimed, begun, told. */
const commitBurst = 8;
const groupBytesMax = 2 * 1024 ** 2;
const groupOperationsMax = 2_000;
/** So many operations: docs/decisions/0073-what-fills-a-group.md. */
const groupWeightMax = 16;
/** Whoever asks waits for the answers; more than this is a fault, told before memory runs out. */
const waitingMax = 100_000;

interface Waiting {
  readonly call: Call;
  readonly bytes: number;
  readonly settle: (outcome: Outcome) => void;
}

/** Answers what only reads, at once and in this thread: measured, a query waits 20 times as long behind groups of writes. */
export interface QueryReader {
  query(call: Call): Outcome;
}

/** The store on SQLite: many operations to one durable commit. */
export class SqliteStore implements Store {
  readonly epoch: string;
  readonly work = new WorkDone();
  readonly #runner: GroupRunner;
  readonly #reader: QueryReader;
  readonly #bytes: BytesReader;
  readonly #listeners = new SignalListeners();
  readonly #group: GroupCommit<Waiting>;
  readonly #endReading: () => void;
  readonly #release: () => void;
  #closed = false;

  /** @param parts.release gives the data folder back */
  constructor(parts: {
    epoch: string;
    runner: GroupRunner;
    reader: QueryReader;
    bytes: BytesReader;
    clock: Clock;
    windowMs: number;
    endReading: () => void;
    release: () => void;
  }) {
    this.epoch = parts.epoch;
    this.#runner = parts.runner;
    this.#reader = parts.reader;
    this.#bytes = parts.bytes;
    this.#endReading = parts.endReading;
    this.#release = parts.release;
    this.#group = new GroupCommit({
      clock: parts.clock,
      windowMs: parts.windowMs,
      busyWindowMs: Math.min(parts.windowMs, busyWindowMs),
      busyItems: busyOperations,
      burst: commitBurst,
      bytesMax: groupBytesMax,
      itemsMax: groupOperationsMax,
      weightMax: groupWeightMax,
      weightOf: ({ call }) => call.operation.weight(call.input),
      bytesOf: (waiting) => waiting.bytes,
      commit: (group) => this.#commit(group),
    });
  }

  async do<Input, Answer>(operation: Operation<Input, Answer>, input: Input): Promise<Answer> {
    if (this.#closed) throw new MillraceError('store-closed', 'The store has been closed.');
    const call = { operation: operation as Operation<unknown, unknown>, input };
    const outcome = await (operation.readOnly ? this.#reader.query(call) : this.#grouped(call));
    if (outcome.kind === 'threw') throw outcome.error;
    return outcome.answer as Answer;
  }

  read(place: BytesPlace, length: number): Promise<Uint8Array> {
    return this.#bytes.read(place, length);
  }

  onSignal(listen: (signal: Signal) => void, wants?: SignalWants): () => void {
    return this.#listeners.add(listen, wants);
  }

  /** What was asked before is committed and answered. */
  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    await this.#group.idle();
    this.#listeners.clear();
    // The writer is the last to close: then SQLite folds the WAL into the database.
    this.#endReading();
    await this.#runner.close();
    await this.#bytes.end();
    this.#release();
  }

  #grouped(call: Call): Promise<Outcome> {
    if (this.#group.waiting >= waitingMax) {
      throw new MillraceError(
        'store-overloaded',
        `More than ${waitingMax} operations wait for the store. Ask less of it at once.`,
      );
    }
    return new Promise((settle) => {
      this.#group.add({ call, bytes: bytesIn(call.input), settle });
    });
  }

  async #commit(group: readonly Waiting[]): Promise<void> {
    const result = await this.#runner
      .commitGroup(
        group.map((waiting) => waiting.call),
        this.#listeners.wants,
      )
      .catch((error: unknown) => ({
        kind: 'failed' as const,
        error,
      }));
    switch (result.kind) {
      case 'committed':
        this.work.committed(
          group.map(({ call, bytes }) => ({ name: call.operation.name, bytes })),
          result.segmentSyncs,
        );
        for (const [index, waiting] of group.entries()) {
          const outcome = result.outcomes[index];
          assert(outcome, 'a group has an outcome for each call');
          waiting.settle(outcome);
        }
        this.#bytes.forget(result.dropped);
        this.#listeners.tell(result.signals);
        return;
      case 'failed':
        for (const waiting of group) waiting.settle({ kind: 'threw', error: result.error });
        return;
      case 'crashed':
        // As when a process dies: nobody is told anything.
        return;
    }
  }
}
