import type { Signal, SignalWants } from './operation.ts';

/** Those who wait for signals of one store. */
export class SignalListeners {
  readonly #listeners = new Map<(signal: Signal) => void, SignalWants | undefined>();
  #wants: SignalWants = { events: false };

  /** What any of them wants; the others are handed it too. */
  get wants(): SignalWants {
    return this.#wants;
  }

  /** Each subscription is its own, also of one function twice. Returns the way to stop. */
  add(listen: (signal: Signal) => void, wants?: SignalWants): () => void {
    const own = (signal: Signal): void => listen(signal);
    this.#listeners.set(own, wants);
    this.#sumUp();
    return () => {
      this.#listeners.delete(own);
      this.#sumUp();
    };
  }

  /** In a microtask each, so that answers come first and a listener that throws harms nobody else. */
  tell(signals: readonly Signal[]): void {
    for (const signal of signals) {
      for (const listen of this.#listeners.keys()) {
        queueMicrotask(() => {
          if (this.#listeners.has(listen)) listen(signal);
        });
      }
    }
  }

  clear(): void {
    this.#listeners.clear();
    this.#sumUp();
  }

  #sumUp(): void {
    this.#wants = { events: [...this.#listeners.values()].some((wants) => wants?.events === true) };
  }
}
