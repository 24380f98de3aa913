/** Told which logs somebody looks at, so that their worker sends output at once rather than collected. */
export interface LogWatch {
  /** `log`: the number that its journal gave it. */
  watch(build: number, log: number, on: boolean): void;
}

/** Counts the lookers of each log: the first turns its watch on, the last off. */
export class LogLookers {
  readonly #watch: LogWatch;
  readonly #counts = new Map<string, number>();

  constructor(watch: LogWatch) {
    this.#watch = watch;
  }

  /** Call the returned function once when looking no more. */
  add(build: number, log: number): () => void {
    const key = `${build}/${log}`;
    const before = this.#counts.get(key) ?? 0;
    this.#counts.set(key, before + 1);
    if (before === 0) this.#watch.watch(build, log, true);
    return () => {
      const left = (this.#counts.get(key) ?? 1) - 1;
      if (left > 0) {
        this.#counts.set(key, left);
        return;
      }
      this.#counts.delete(key);
      this.#watch.watch(build, log, false);
    };
  }
}
