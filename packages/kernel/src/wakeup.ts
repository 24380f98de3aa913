/**
 * A level, not an edge: `wake()` before `wait()` is not lost, and many wakes before it are one.
 * The heart of every loop that works on what the store says and then rests until something changes.
 */
export class Wakeup {
  #awake = false;
  #waiting: (() => void) | undefined;

  wake(): void {
    this.#awake = true;
    this.#waiting?.();
  }

  /** Resolves once `wake()` has been called since the last return. One waiter at a time. */
  async woken(): Promise<void> {
    if (!this.#awake) {
      await new Promise<void>((resolve) => {
        this.#waiting = resolve;
      });
      this.#waiting = undefined;
    }
    this.#awake = false;
  }

  /** As {@link woken}, or the signal aborts. */
  async wait(signal: AbortSignal): Promise<void> {
    if (!this.#awake && !signal.aborted) {
      await new Promise<void>((resolve) => {
        const done = (): void => {
          signal.removeEventListener('abort', done);
          resolve();
        };
        this.#waiting = done;
        signal.addEventListener('abort', done);
      });
      this.#waiting = undefined;
    }
    this.#awake = false;
  }
}
