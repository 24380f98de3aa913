import type { Signal } from './operation.ts';

/** Those who wait for signals of one store. */
export class SignalListeners {
  readonly #listeners = new Set<(signal: Signal) => void>();

  /** Each subscription is its own, also of one function twice. Returns the way to stop. */
  add(listen: (signal: Signal) => void): () => void {
    const own = (signal: Signal): void => listen(signal);
    this.#listeners.add(own);
    return () => this.#listeners.delete(own);
  }

  /** In a microtask each, so that answers come first and a listener that throws harms nobody else. */
  tell(signals: readonly Signal[]): void {
    for (const signal of signals) {
      for (const listen of this.#listeners) {
        queueMicrotask(() => {
          if (this.#listeners.has(listen)) listen(signal);
        });
      }
    }
  }

  clear(): void {
    this.#listeners.clear();
  }
}
