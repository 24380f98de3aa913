import { monitorEventLoopDelay } from 'node:perf_hooks';
import type { Histogram } from 'node:perf_hooks';
import type { LoopDelay } from '@millrace/protocol/api/profiles';

/** Finely: 50 wake-ups a second of its own. */
const defaultSampleMs = 20;

/**
 * How late the event loop of this thread is, since it was last taken. The runtime measures it in a timer of its own,
 * without a line of JavaScript.
 */
export class LoopDelayMeter implements Disposable {
  readonly #sampleMs: number;
  readonly #delay;

  constructor(sampleMs = defaultSampleMs) {
    this.#sampleMs = sampleMs;
    this.#delay = monitorEventLoopDelay({ resolution: sampleMs });
    this.#delay.enable();
  }

  /** The times from one sample to the next, in nanoseconds: another thread that is given it sees them come. */
  get gaps(): Histogram {
    return this.#delay;
  }

  /** Begins anew. */
  take(): LoopDelay {
    const delay = this.#delay;
    if (delay.count === 0) return { p50: 0, p99: 0, max: 0 };
    // Node gives the time from one sample to the next.
    const ms = (nanoseconds: number): number =>
      Math.max(0, Math.round(nanoseconds / 1e4 - this.#sampleMs * 100) / 100);
    const taken = { p50: ms(delay.percentile(50)), p99: ms(delay.percentile(99)), max: ms(delay.max) };
    delay.reset();
    return taken;
  }

  [Symbol.dispose](): void {
    this.#delay.disable();
  }
}
