import type { Clock, Timer } from '@millrace/kernel/clock';

/** The window of a watched log: 27 ms from line to follower at 1,000 lines/s (25 ms: 14, at twice the writes). */
const watchedWindowMs = 50;
/** How long output waits for more while nobody looks: one-line chunks compress 0.9:1, full ones 7.7:1. */
const unwatchedWindowMs = 1_000;

/**
 * When output that has not filled a chunk is flushed. Watched: what comes after a pause at once, then once in
 * each window. Unwatched: so long after the first byte that waits.
 */
export class FlushTimer {
  readonly #clock: Clock;
  readonly #flush: () => void;
  #watched = false;
  #timer: Timer | undefined;
  #flushedAtMs = -Infinity;

  constructor(clock: Clock, flush: () => void) {
    this.#clock = clock;
    this.#flush = flush;
  }

  get watched(): boolean {
    return this.#watched;
  }

  /** Who begins to look gets what is there at once. */
  setWatched(watched: boolean): void {
    if (watched === this.#watched) return;
    this.#watched = watched;
    if (watched && this.#timer !== undefined) this.#flushNow();
  }

  /** Some bytes wait. Called at each write: it does as good as nothing while a timer runs. */
  waiting(): void {
    if (this.#timer !== undefined) return;
    if (!this.#watched) {
      this.#timer = this.#clock.after(unwatchedWindowMs, () => this.#flushNow());
      return;
    }
    const sinceMs = this.#clock.monotonicMs() - this.#flushedAtMs;
    if (sinceMs >= watchedWindowMs) this.#flushNow();
    else this.#timer = this.#clock.after(watchedWindowMs - sinceMs, () => this.#flushNow());
  }

  cancel(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
  }

  #flushNow(): void {
    this.cancel();
    this.#flushedAtMs = this.#clock.monotonicMs();
    this.#flush();
  }
}
