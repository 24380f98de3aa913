import type {
  BytesPlace,
  Effect,
  Operation,
  Signal,
  SignalWants,
  Work,
} from '@millrace/master/store/operation';
import type { Store } from '@millrace/master/store/store';

/** What operations of one name did. */
export interface OperationCount {
  readonly operations: number;
  /** Rows asked for, and changes made: each one statement. */
  readonly statements: number;
  /** Bytes of logs that were kept. */
  readonly keptBytes: number;
}

const none: OperationCount = { operations: 0, statements: 0, keptBytes: 0 };

/** A store in this thread that counts what each kind of operation does. */
export class CountingStore implements Store {
  /** Names of operations that were asked for and change nothing. */
  readonly reads = new Set<string>();
  readonly #store: Store;
  readonly #counts = new Map<string, OperationCount>();
  readonly #counted = new Map<unknown, Operation<unknown, unknown>>();

  constructor(store: Store) {
    this.#store = store;
  }

  get epoch(): string {
    return this.#store.epoch;
  }

  /** Since the start, by the operations' names. */
  counts(): ReadonlyMap<string, OperationCount> {
    return new Map(this.#counts);
  }

  do<Input, Answer>(operation: Operation<Input, Answer>, input: Input): Promise<Answer> {
    this.#add(operation.name, { operations: 1 });
    if (operation.readOnly) this.reads.add(operation.name);
    return this.#store.do(this.#countedOf(operation), input);
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

  #countedOf<Input, Answer>(operation: Operation<Input, Answer>): Operation<Input, Answer> {
    const known = this.#counted.get(operation) as Operation<Input, Answer> | undefined;
    if (known) return known;
    const see = (effect: Effect): void => this.#see(operation.name, effect);
    const counted: Operation<Input, Answer> = {
      ...operation,
      run: (tx, input) => watched(operation.run(tx, input), see),
    };
    this.#counted.set(operation, counted as Operation<unknown, unknown>);
    return counted;
  }

  #see(name: string, effect: Effect): void {
    if ('sql' in effect) this.#add(name, { statements: 1 });
    if (effect.kind === 'keep') this.#add(name, { keptBytes: effect.bytes.length });
  }

  #add(name: string, more: Partial<OperationCount>): void {
    const { operations, statements, keptBytes } = this.#counts.get(name) ?? none;
    this.#counts.set(name, {
      operations: operations + (more.operations ?? 0),
      statements: statements + (more.statements ?? 0),
      keptBytes: keptBytes + (more.keptBytes ?? 0),
    });
  }
}

/** The same work; `see` is told each effect before it is done. */
function* watched<Answer>(work: Work<Answer>, see: (effect: Effect) => void): Work<Answer> {
  let next = work.next();
  while (next.done !== true) {
    see(next.value);
    let outcome: unknown;
    try {
      outcome = yield next.value;
    } catch (error) {
      next = work.throw(error);
      continue;
    }
    next = work.next(outcome);
  }
  return next.value;
}
