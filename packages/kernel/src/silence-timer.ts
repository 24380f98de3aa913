import type { Clock, Timer } from './clock.ts';

/**
 * Calls `act` each time that nothing has been heard for `ms`, until cancelled. One timer however often something is
 * heard: when it comes due it looks how long ago that was.
 */
export class SilenceTimer {
  readonly #clock: Clock;
  readonly #ms: number;
  readonly #act: () => void;
  #heardAtMs: number;
  #timer: Timer;

  constructor(clock: Clock, ms: number, act: () => void) {
    this.#clock = clock;
    this.#ms = ms;
    this.#act = act;
    this.#heardAtMs = clock.monotonicMs();
    this.#timer = clock.after(ms, () => this.#due());
  }

  heard(): void {
    this.#heardAtMs = this.#clock.monotonicMs();
  }

  cancel(): void {
    this.#timer.cancel();
  }

  #due(): void {
    const now = this.#clock.monotonicMs();
    const leftMs = this.#heardAtMs + this.#ms - now;
    if (leftMs <= 0) this.#heardAtMs = now;
    this.#timer = this.#clock.after(leftMs <= 0 ? this.#ms : leftMs, () => this.#due());
    // Last: it may cancel.
    if (leftMs <= 0) this.#act();
  }
}
