import type { FileLock, FileLocks } from '@millrace/worker/file-lock';

/** A machine's locks in memory. A process is handed its own by {@link lend}; its death lets go of them. */
export class MemoryLocks implements FileLocks {
  readonly #holders = new Map<string, symbol>();

  /** Paths that are locked. A test's teardown asserts that there are none. */
  get taken(): readonly string[] {
    return [...this.#holders.keys()];
  }

  tryTake(path: string): FileLock | undefined {
    if (this.#holders.has(path)) return undefined;
    const holder = Symbol(path);
    this.#holders.set(path, holder);
    return {
      release: () => {
        if (this.#holders.get(path) === holder) this.#holders.delete(path);
      },
    };
  }

  lend(): { readonly locks: FileLocks; readonly revoke: () => void } {
    const own: FileLock[] = [];
    return {
      locks: {
        tryTake: (path) => {
          const lock = this.tryTake(path);
          if (lock !== undefined) own.push(lock);
          return lock;
        },
      },
      revoke: () => {
        for (const lock of own) lock.release();
      },
    };
  }
}
