import { systemClock } from '@millrace/kernel/clock';
import type { Clock, Timer } from '@millrace/kernel/clock';

/** A calendar that stands still until it is moved, with real timers: for what waits for a disk or a database. */
export class MovableClock implements Clock {
  #nowMs = 1_700_000_000_000;

  move(ms: number): void {
    this.#nowMs += ms;
  }

  now(): number {
    return this.#nowMs;
  }

  monotonicMs(): number {
    return systemClock.monotonicMs();
  }

  after(ms: number, act: () => void): Timer {
    return systemClock.after(ms, act);
  }
}
