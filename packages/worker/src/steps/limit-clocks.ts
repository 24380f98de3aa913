import type { Clock, Timer } from '@millrace/kernel/clock';
import type { PlannedLimit, PlannedLimits } from '@millrace/protocol/plan';

/**
 * A step's time limits. Their clocks stand still while {@link stop}ped: time in which the command could not
 * have gone on does not count.
 */
export class LimitClocks {
  readonly #clock: Clock;
  readonly #limits: PlannedLimits;
  readonly #onLimit: (limit: PlannedLimit) => void;
  /** Time that counted before the present run of the clocks. */
  #countedMs = 0;
  #runningSinceMs: number | undefined;
  #lastOutputMs = 0;
  #timer: Timer | undefined;

  constructor(clock: Clock, limits: PlannedLimits, onLimit: (limit: PlannedLimit) => void) {
    this.#clock = clock;
    this.#limits = limits;
    this.#onLimit = onLimit;
  }

  start(): void {
    if (this.#runningSinceMs !== undefined) return;
    this.#runningSinceMs = this.#clock.monotonicMs();
    this.#arm();
  }

  stop(): void {
    this.#countedMs = this.#nowMs();
    this.#runningSinceMs = undefined;
    this.#timer?.cancel();
    this.#timer = undefined;
  }

  /** There was output. Cheap: the timer looks when it fires whether it is still due. */
  output(): void {
    this.#lastOutputMs = this.#nowMs();
  }

  #nowMs(): number {
    if (this.#runningSinceMs === undefined) return this.#countedMs;
    return this.#countedMs + this.#clock.monotonicMs() - this.#runningSinceMs;
  }

  #arm(): void {
    const { noOutputMs = Infinity, totalMs = Infinity } = this.#limits;
    const nowMs = this.#nowMs();
    const noOutputInMs = this.#lastOutputMs + noOutputMs - nowMs;
    const totalInMs = totalMs - nowMs;
    const nextInMs = Math.min(noOutputInMs, totalInMs);
    if (nextInMs <= 0) {
      this.stop();
      this.#onLimit(totalInMs <= 0 ? 'total' : 'no-output');
    } else if (nextInMs < Infinity) {
      this.#timer = this.#clock.after(Math.min(nextInMs, longestTimerMs), () => this.#arm());
    }
  }
}

/** Node's timers fire at once when asked for more. */
const longestTimerMs = 2 ** 31 - 1;
