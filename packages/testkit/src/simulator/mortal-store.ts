import type { Clock } from '@millrace/kernel/clock';
import { below } from '@millrace/kernel/random';
import type { Random } from '@millrace/kernel/random';
import type { BytesPlace, Operation, Signal, SignalWants } from '@millrace/master/store/operation';
import type { Store } from '@millrace/master/store/store';
import type { Mortal } from './mortal.ts';

export interface MortalStoreParts {
  /** The store itself, which outlives its masters. */
  readonly store: Store;
  readonly owner: Mortal;
  readonly clock: Clock;
  readonly random: Random;
  /** Called round each operation, so that the world knows whose commit a crash would hit. */
  readonly onOperation: (owner: Mortal, name: string) => void;
}

/** One of so many signals that there are events is lost, as between masters. */
const lostSignal = 7;

/**
 * The store as one master has it: operations are run in order, some time after they were asked for, and
 * answered some time after that. A master that dies in between has changed the store and never knows, or has
 * asked for a change that is never made.
 */
export class MortalStore implements Store {
  readonly #parts: MortalStoreParts;
  #lastRun = 0;

  constructor(parts: MortalStoreParts) {
    this.#parts = parts;
  }

  get epoch(): string {
    return this.#parts.store.epoch;
  }

  do<Input, Answer>(operation: Operation<Input, Answer>, input: Input): Promise<Answer> {
    const { store, owner, clock, random, onOperation } = this.#parts;
    // As between threads: what the caller does to its input later is not seen.
    const asked = structuredClone(input);
    return new Promise((resolve, reject) => {
      this.#lastRun = Math.max(this.#lastRun, clock.monotonicMs() + below(random, 3));
      clock.after(this.#lastRun - clock.monotonicMs(), () => {
        if (!owner.alive) return;
        onOperation(owner, operation.name);
        store.do(operation, asked).then(
          (answer) => this.#later(() => resolve(structuredClone(answer))),
          (error: unknown) => this.#later(() => reject(error)),
        );
      });
    });
  }

  read(place: BytesPlace, length: number): Promise<Uint8Array> {
    return this.#parts.store.read(place, length);
  }

  onSignal(listen: (signal: Signal) => void, wants?: SignalWants): () => void {
    const { store, owner } = this.#parts;
    let events = 0;
    const stop = store.onSignal((signal) => {
      const isLost = signal.topic === 'events' && ++events % lostSignal === 0;
      if (owner.alive && !isLost) listen(signal);
    }, wants);
    owner.onDeath(stop);
    return stop;
  }

  async close(): Promise<void> {
    // The store outlives its masters.
  }

  #later(act: () => void): void {
    const { owner, clock, random } = this.#parts;
    clock.after(below(random, 3), () => {
      if (owner.alive) act();
    });
  }
}
