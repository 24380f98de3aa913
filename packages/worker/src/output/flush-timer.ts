import type { Clock, Timer } from '@millrace/kernel/clock';

/** How long output waits for more while nobody looks: one-line chunks compress 0.9:1, full ones 7.7:1. */
const unwatchedWindowMs = 2_000;

/**
 * When output that has not filled a chunk is flushed. Watched: what comes after a pause at once, then once in
 * each window. Unwatched: once in each, longer window.
 *
 * Windows are the calendar's: those of all slots of a machine end together, and what they flush goes to the master
 * together, into one commit instead of one each.
 */
export class FlushTimer {
  readonly #clock: Clock;
  readonly #flush: (afterPause: boolean) => void;
  /** Null: nobody watches. */
  #watchedMs: number | null = null;
  #timer: Timer | undefined;
  #flushedAtMs = -Infinity;

  /** @param flush told whether somebody watches and nothing came for a window's length: then it is sent at once */
  constructor(clock: Clock, flush: (afterPause: boolean) => void) {
    this.#clock = clock;
    this.#flush = flush;
  }

  get watched(): boolean {
    return this.#watchedMs !== null;
  }

  /**
   * Who begins to look gets what is there at once.
   *
   * @param windowMs while somebody watches; null: nobody does
   */
  setWatched(windowMs: number | null): void {
    const begins = windowMs !== null && !this.watched;
    this.#watchedMs = windowMs;
    if (begins && this.#timer !== undefined) this.#flushNow(true);
  }

  /** Some bytes wait. Called at each write: it does as good as nothing while a timer runs. */
  waiting(): void {
    if (this.#timer !== undefined) return;
    const windowMs = this.#watchedMs ?? unwatchedWindowMs;
    const paused = this.#clock.monotonicMs() - this.#flushedAtMs >= windowMs;
    if (this.watched && paused) this.#flushNow(true);
    else
      this.#timer = this.#clock.after(windowMs - (this.#clock.now() % windowMs), () => this.#flushNow(false));
  }

  cancel(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
  }

  #flushNow(afterPause: boolean): void {
    this.cancel();
    this.#flushedAtMs = this.#clock.monotonicMs();
    this.#flush(afterPause);
  }
}
