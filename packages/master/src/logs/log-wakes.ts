import type { Store } from '../store/store.ts';

/** Who waits for more of a log. */
export interface LogWaiter {
  wake(): void;
}

/** Wakes those who wait for more of a log. One listener at the store, however many wait. */
export class LogWakes implements Disposable {
  readonly #waiting = new Map<number, Set<LogWaiter>>();
  readonly #stop: () => void;

  constructor(store: Pick<Store, 'onSignal'>) {
    this.#stop = store.onSignal((signal) => {
      if (signal.topic !== 'log') return;
      for (const waiter of this.#waiting.get(signal.log) ?? []) waiter.wake();
    });
  }

  /** Wakes it whenever the log has more, until the returned function is called. */
  add(log: number, waiter: LogWaiter): () => void {
    const ofLog = this.#waiting.get(log) ?? new Set();
    this.#waiting.set(log, ofLog.add(waiter));
    return () => {
      ofLog.delete(waiter);
      if (ofLog.size === 0) this.#waiting.delete(log);
    };
  }

  [Symbol.dispose](): void {
    this.#stop();
  }
}
