import { createHistogram, monitorEventLoopDelay } from 'node:perf_hooks';
import type { RecordableHistogram } from 'node:perf_hooks';
import type { LoopDelay } from '@millrace/protocol/api/profiles';

const sampleMs = 20;

/** How late the event loop of this thread is, since it was last taken: finely, with 50 wake-ups a second of its own. */
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

/** The same by how late the heart's beats are: coarser, and without a wake-up more. */
export class BeatDelay implements Disposable {
  /** Microseconds, from 1 on: a histogram has no zero. */
  readonly #late: RecordableHistogram = createHistogram();
  readonly #end: (delay: BeatDelay) => void;

  constructor(end: (delay: BeatDelay) => void) {
    this.#end = end;
  }

  /** A beat came so much later than it was due, in milliseconds. */
  add(ms: number): void {
    this.#late.record(Math.max(1, Math.round(ms * 1000)));
  }

  /** Begins anew. */
  take(): LoopDelay {
    const late = this.#late;
    if (late.count === 0) return { p50: 0, p99: 0, max: 0 };
    const ms = (us: number): number => Math.round(us / 10) / 100;
    const taken = { p50: ms(late.percentile(50)), p99: ms(late.percentile(99)), max: ms(late.max) };
    late.reset();
    return taken;
  }

  [Symbol.dispose](): void {
    this.#end(this);
  }
}
