/** Held until released, or until the process that holds it is dead: the kernel sees to that. */
export interface FileLock {
  release(): void;
}

/** Locks between processes, by the path of a file that stands for what is locked. */
export interface FileLocks {
  /** Undefined where another holds it. Asking again is how one waits. */
  tryTake(path: string): FileLock | undefined;
}
