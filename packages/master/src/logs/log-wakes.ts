import type { Wakeup } from '@millrace/kernel/wakeup';
import type { Store } from '../store/store.ts';

/** Wakes those who wait for more of a log. One listener at the store, however many wait. */
export class LogWakes implements Disposable {
  readonly #waiting = new Map<number, Set<Wakeup>>();
  readonly #stop: () => void;

  constructor(store: Pick<Store, 'onSignal'>) {
    this.#stop = store.onSignal((signal) => {
      if (signal.topic !== 'log') return;
      for (const wakeup of this.#waiting.get(signal.log) ?? []) wakeup.wake();
    });
  }

  /** Wakes it whenever the log has more, until the returned function is called. */
  add(log: number, wakeup: Wakeup): () => void {
    const ofLog = this.#waiting.get(log) ?? new Set();
    this.#waiting.set(log, ofLog.add(wakeup));
    return () => {
      ofLog.delete(wakeup);
      if (ofLog.size === 0) this.#waiting.delete(log);
    };
  }

  [Symbol.dispose](): void {
    this.#stop();
  }
}
