import { PerformanceObserver, performance } from 'node:perf_hooks';
import { every } from '@millrace/kernel/clock';
import type { Clock } from '@millrace/kernel/clock';
import { BeatDelay } from './loop-delay.ts';

/** How often the event loop says that it comes round. Each beat takes an idle master's main thread some 40 µs. */
export const beatMs = 100;

/** What the main thread tells of itself with each beat, in microseconds; both since its start. */
export interface Beat {
  /** When, by the process's monotonic clock, which all its threads share. */
  readonly atUs: number;
  readonly idleUs: number;
  readonly activeUs: number;
  readonly gcCount: number;
  readonly gcUs: number;
  /** CPU time of the main thread alone: unlike the loop's utilisation it is right while V8 samples, too. */
  readonly cpuUs: number;
}

const fields = ['atUs', 'idleUs', 'activeUs', 'gcCount', 'gcUs', 'cpuUs'] as const;

/** The process's monotonic clock: V8's profiles go by the same. */
export function processUs(): number {
  return Number(process.hrtime.bigint() / 1000n);
}

/**
 * Beats in memory that another thread reads: whoever is blocked can tell nobody anything else. The figures of one
 * beat may be a beat apart from each other.
 */
export class Heart implements Disposable {
  readonly memory = new SharedArrayBuffer(fields.length * BigInt64Array.BYTES_PER_ELEMENT);
  readonly #cells = new BigInt64Array(this.memory);
  readonly #timer;
  readonly #observer: PerformanceObserver;
  readonly #delays = new Set<BeatDelay>();
  #gcCount = 0;
  #gcMs = 0;

  constructor(clock: Clock) {
    this.#observer = new PerformanceObserver((list) => {
      for (const { duration } of list.getEntries()) {
        this.#gcCount += 1;
        this.#gcMs += duration;
      }
    });
    this.#observer.observe({ entryTypes: ['gc'] });
    this.#beat();
    let last = clock.monotonicMs();
    this.#timer = every(clock, beatMs, () => {
      const now = clock.monotonicMs();
      for (const delay of this.#delays) delay.add(now - last - beatMs);
      last = now;
      this.#beat();
    });
  }

  /** The last one. */
  get beat(): Beat {
    return readBeat(this.memory);
  }

  /** How late its beats are from now on: the timer that is there already is as good as one more. */
  delay(): BeatDelay {
    const delay = new BeatDelay((ended) => this.#delays.delete(ended));
    this.#delays.add(delay);
    return delay;
  }

  [Symbol.dispose](): void {
    this.#timer.cancel();
    this.#observer.disconnect();
  }

  #beat(): void {
    const { idle, active } = performance.eventLoopUtilization();
    const { user, system } = process.threadCpuUsage();
    const values: Beat = {
      atUs: processUs(),
      idleUs: idle * 1000,
      activeUs: active * 1000,
      gcCount: this.#gcCount,
      gcUs: this.#gcMs * 1000,
      cpuUs: user + system,
    };
    for (const [index, field] of fields.entries())
      Atomics.store(this.#cells, index, BigInt(Math.round(values[field])));
  }
}

export function readBeat(memory: SharedArrayBuffer): Beat {
  const cells = new BigInt64Array(memory);
  const [atUs = 0, idleUs = 0, activeUs = 0, gcCount = 0, gcUs = 0, cpuUs = 0] = fields.map((_, index) =>
    Number(Atomics.load(cells, index)),
  );
  return { atUs, idleUs, activeUs, gcCount, gcUs, cpuUs };
}

/** Which part of the time between two moments the loop was busy. A loop that does not come round is busy. */
export function busyShare(before: Beat, after: Beat, nowUs: number): number {
  const sinceUs = Math.max(0, nowUs - after.atUs - beatMs * 1000);
  const active = after.activeUs - before.activeUs + sinceUs;
  const all = active + after.idleUs - before.idleUs;
  return all <= 0 ? 0 : Math.min(1, Math.max(0, active / all));
}
