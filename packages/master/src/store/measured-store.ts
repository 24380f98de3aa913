import type { Clock } from '@millrace/kernel/clock';
import type { BytesPlace, Operation, Signal, SignalWants } from './operation.ts';
import type { Store } from './store.ts';

/** What one kind of operation has cost since the start. */
export interface OperationFigures {
  readonly operation: string;
  readonly done: number;
  /** Among them those that threw. */
  readonly failed: number;
  /** From the question to the answer: on SQLite with the wait for the commit, on PostgreSQL with each run anew. */
  readonly seconds: number;
}

export interface StoreFiguresOfProcess {
  /** By name. */
  readonly operations: readonly OperationFigures[];
  /** Asked and not answered yet. */
  readonly waiting: number;
}

interface Sum {
  done: number;
  failed: number;
  ms: number;
}

/** A store that counts what this process asks of it. */
export class MeasuredStore implements Store {
  readonly #store: Store;
  readonly #clock: Clock;
  readonly #sums = new Map<string, Sum>();
  #waiting = 0;

  constructor(store: Store, clock: Clock) {
    this.#store = store;
    this.#clock = clock;
  }

  get epoch(): string {
    return this.#store.epoch;
  }

  get work(): Store['work'] {
    return this.#store.work;
  }

  async do<Input, Answer>(operation: Operation<Input, Answer>, input: Input): Promise<Answer> {
    const started = this.#clock.monotonicMs();
    const sum = this.#sumOf(operation.name);
    this.#waiting++;
    try {
      return await this.#store.do(operation, input);
    } catch (error) {
      sum.failed++;
      throw error;
    } finally {
      this.#waiting--;
      sum.done++;
      sum.ms += this.#clock.monotonicMs() - started;
    }
  }

  read(place: BytesPlace, length: number): Promise<Uint8Array> {
    return this.#store.read(place, length);
  }

  onSignal(listen: (signal: Signal) => void, wants?: SignalWants): () => void {
    return this.#store.onSignal(listen, wants);
  }

  close(): Promise<void> {
    return this.#store.close();
  }

  figures(): StoreFiguresOfProcess {
    const operations = [...this.#sums]
      .map(([operation, { done, failed, ms }]) => ({ operation, done, failed, seconds: ms / 1000 }))
      .toSorted((one, other) => (one.operation < other.operation ? -1 : 1));
    return { operations, waiting: this.#waiting };
  }

  #sumOf(name: string): Sum {
    const known = this.#sums.get(name);
    if (known) return known;
    const sum = { done: 0, failed: 0, ms: 0 };
    this.#sums.set(name, sum);
    return sum;
  }
}
