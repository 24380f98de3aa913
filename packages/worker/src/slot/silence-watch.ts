import type { Clock, Timer } from '@millrace/kernel/clock';

/**
 * Notices that no master has heard of this worker for `limitMs`. An answered heartbeat says when one had: the
 * moment at which it was sent, not at which the answer came.
 */
export class SilenceWatch {
  readonly #clock: Clock;
  readonly #limitMs: number;
  readonly #onSilence: () => void;
  #heardAtMs: number;
  #timer: Timer | undefined;

  constructor(clock: Clock, limitMs: number, onSilence: () => void) {
    this.#clock = clock;
    this.#limitMs = limitMs;
    this.#onSilence = onSilence;
    this.#heardAtMs = clock.monotonicMs();
    this.#arm();
  }

  heard(agoMs: number): void {
    this.#heardAtMs = Math.max(this.#heardAtMs, this.#clock.monotonicMs() - agoMs);
  }

  cancel(): void {
    this.#timer?.cancel();
  }

  #arm(): void {
    const leftMs = this.#heardAtMs + this.#limitMs - this.#clock.monotonicMs();
    if (leftMs <= 0) this.#onSilence();
    else this.#timer = this.#clock.after(leftMs, () => this.#arm());
  }
}
