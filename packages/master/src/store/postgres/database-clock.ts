import type { Clock } from '@millrace/kernel/clock';

/** Tells the database's time, milliseconds since 1970. */
export type AskTime = () => Promise<number>;

/**
 * The database's clock, by how far this machine's is from it: several masters must judge leases and silence by one clock, and
 * asking for the time in every operation would be one more way there and back.
 */
export class DatabaseClock {
  readonly #clock: Clock;
  #offsetMs = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  now(): number {
    return Math.round(this.#clock.now() + this.#offsetMs);
  }

  /** Measures the offset: the answer was made in the middle between the question and its arrival. */
  async refresh(ask: AskTime): Promise<void> {
    const asked = this.#clock.now();
    const started = this.#clock.monotonicMs();
    const database = await ask();
    const tookMs = this.#clock.monotonicMs() - started;
    this.#offsetMs = database - (asked + tookMs / 2);
  }
}
