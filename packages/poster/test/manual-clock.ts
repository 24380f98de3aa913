import type { Clock } from '../src/clock.ts';

/** A clock that moves when it is told. */
export class ManualClock implements Clock {
  #nowMs = 0;
  readonly #timers = new Set<{ atMs: number; act: () => void }>();

  now(): number {
    return this.#nowMs;
  }

  after(delayMs: number, act: () => void): () => void {
    const timer = { atMs: this.#nowMs + delayMs, act };
    this.#timers.add(timer);
    return () => void this.#timers.delete(timer);
  }

  /** Timers that wait: none may be left when an upload is over. */
  get pending(): number {
    return this.#timers.size;
  }

  /** Moves to the next timer and lets it act. */
  fireNext(): void {
    const next = [...this.#timers].sort((a, b) => a.atMs - b.atMs)[0];
    if (next === undefined) throw new Error('no timer waits');
    this.#timers.delete(next);
    this.#nowMs = Math.max(this.#nowMs, next.atMs);
    next.act();
  }
}
