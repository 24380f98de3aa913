import type { Clock, Timer } from '@millrace/kernel/clock';
import { assert } from '@millrace/kernel/assert';
import { TimerHeap } from './timer-heap.ts';

/**
 * Time that stands still until it is told to go on. Timers fire in the order of their time and, at one
 * time, of their making, so that a run is the same each time it is made.
 *
 * {@link advance} and {@link runUntil} let everything that is waiting on promises go on before each timer:
 * what a production class awaits is served before time moves. {@link fireNext} alone is synchronous, for
 * a simulator that has a turn of its own.
 */
export class FakeClock implements Clock {
  readonly #timers = new TimerHeap();
  #elapsedMs = 0;
  #wallMs: number;

  /** `startMs`: milliseconds since 1970 at the start; 2023-11-14 where not told. */
  constructor(startMs = 1_700_000_000_000) {
    this.#wallMs = startMs;
  }

  now(): number {
    // Whole milliseconds, as `Date.now()` has them.
    return Math.floor(this.#wallMs + this.#elapsedMs);
  }

  monotonicMs(): number {
    return this.#elapsedMs;
  }

  after(ms: number, act: () => void): Timer {
    return this.#timers.add(this.#elapsedMs + Math.max(0, ms), act);
  }

  /** Timers that have neither fired nor been cancelled. A test's teardown asserts that none is left. */
  get pending(): number {
    return this.#timers.size;
  }

  /** How long until the next timer, or undefined where there is none. */
  nextInMs(): number | undefined {
    const due = this.#timers.nextDueMs();
    return due === undefined ? undefined : due - this.#elapsedMs;
  }

  /** Moves to the next timer and fires it. False where there is none. */
  fireNext(): boolean {
    const timer = this.#timers.take();
    if (timer === undefined) return false;
    this.#elapsedMs = Math.max(this.#elapsedMs, timer.dueMs);
    timer.act();
    return true;
  }

  /** Lets the calendar jump, as when a machine's clock is set: {@link monotonicMs} and timers do not notice. */
  jumpWall(ms: number): void {
    this.#wallMs += ms;
  }

  /** Lets `ms` pass. */
  async advance(ms: number): Promise<void> {
    const until = this.#elapsedMs + ms;
    await settle();
    for (;;) {
      const due = this.#timers.nextDueMs();
      if (due === undefined || due > until) break;
      this.fireNext();
      await settle();
    }
    this.#elapsedMs = until;
  }

  /**
   * Lets time pass from timer to timer until `holds()`. An assertion fails when it does not hold within
   * `mostMs`, or when no timer is left that could change anything.
   */
  async runUntil(holds: () => boolean, mostMs = 24 * 60 * 60_000): Promise<void> {
    const until = this.#elapsedMs + mostMs;
    await settle();
    while (!holds()) {
      const due = this.#timers.nextDueMs();
      assert(due !== undefined, 'something is still to happen before the condition holds');
      assert(due <= until, `the condition holds within ${mostMs} ms`);
      this.fireNext();
      await settle();
    }
  }
}

/** Resolves when nothing is left that only waits for promises to be resolved. */
export function settle(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}
