import { monitorEventLoopDelay } from 'node:perf_hooks';
import type { LoopDelay } from '@millrace/protocol/api/profiles';

const sampleMs = 20;

/** How late the event loop of this thread is, since it was last taken. */
export class LoopDelayMeter implements Disposable {
  readonly #delay = monitorEventLoopDelay({ resolution: sampleMs });

  constructor() {
    this.#delay.enable();
  }

  /** Begins anew. */
  take(): LoopDelay {
    const delay = this.#delay;
    // Node gives the time from one sample to the next.
    const ms = (nanoseconds: number): number =>
      Math.max(0, Math.round(nanoseconds / 1e4 - sampleMs * 100) / 100);
    const taken = { p50: ms(delay.percentile(50)), p99: ms(delay.percentile(99)), max: ms(delay.max) };
    delay.reset();
    return taken;
  }

  [Symbol.dispose](): void {
    this.#delay.disable();
  }
}
