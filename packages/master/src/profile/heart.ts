import { PerformanceObserver, performance } from 'node:perf_hooks';
import type { Clock, Timer } from '@millrace/kernel/clock';
import { msToRound } from '@millrace/kernel/rounds';
import { LoopDelayMeter } from './loop-delay.ts';

/** How often the event loop says that it comes round while the main thread has work. */
export const beatMs = 100;
/** How often it tells the rest of a {@link Beat} while there is none: with what else is done now and then. */
const restBeatMs = 2_000;
/** A pulse of the loop that runs no JavaScript takes two thirds of a timer's CPU; there is always one. */
export const pulseMs = 125;

/** What the main thread tells of itself with each beat, in microseconds. */
export interface Beat {
  /** When, by the process's monotonic clock, which all its threads share. */
  readonly atUs: number;
  /** When the next one comes, at the latest. */
  readonly dueUs: number;
  /** This and the others: since the start of the thread. */
  readonly idleUs: number;
  readonly activeUs: number;
  readonly gcCount: number;
  readonly gcUs: number;
  /** CPU time of the main thread alone: unlike the loop's utilisation it is right while V8 samples, too. */
  readonly cpuUs: number;
}

const fields = ['atUs', 'dueUs', 'idleUs', 'activeUs', 'gcCount', 'gcUs', 'cpuUs'] as const;

/** The process's monotonic clock: V8's profiles go by the same. */
export function processUs(): number {
  return Number(process.hrtime.bigint() / 1000n);
}

/**
 * Beats in memory that another thread reads: whoever is blocked can tell nobody anything else. Between beats there are pulses, which that thread counts.
 */
export class Heart implements Disposable {
  readonly memory = new SharedArrayBuffer(fields.length * BigInt64Array.BYTES_PER_ELEMENT);
  /** Begun in one turn of the loop, these come due in one: three cost as little as one. */
  readonly pulse = new LoopDelayMeter(pulseMs);
  readonly delays = { load: new LoopDelayMeter(pulseMs), metrics: new LoopDelayMeter(pulseMs) };
  readonly #cells = new BigInt64Array(this.memory);
  readonly #reader = new BeatReader(this.memory);
  readonly #clock: Clock;
  readonly #observer: PerformanceObserver;
  #timer: Timer | undefined;
  #hurried = false;
  #gcCount = 0;
  #gcMs = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#observer = new PerformanceObserver((list) => {
      for (const { duration } of list.getEntries()) {
        this.#gcCount += 1;
        this.#gcMs += duration;
      }
    });
    this.#observer.observe({ entryTypes: ['gc'] });
    this.#beat();
  }

  /** The last one. */
  get beat(): Beat {
    return this.#reader.read();
  }

  /** From now on it beats each {@link beatMs}, or as seldom as while the main thread rests; at once for a start. */
  hurry(hurried: boolean): void {
    this.#hurried = hurried;
    this.#beat();
  }

  [Symbol.dispose](): void {
    this.#timer?.cancel();
    this.#observer.disconnect();
    for (const meter of [this.pulse, this.delays.load, this.delays.metrics]) meter[Symbol.dispose]();
  }

  #beat(): void {
    const nextMs = this.#hurried ? beatMs : msToRound(this.#clock, restBeatMs);
    this.#timer?.cancel();
    this.#timer = this.#clock.after(nextMs, () => this.#beat());
    const { idle, active } = performance.eventLoopUtilization();
    const { user, system } = process.threadCpuUsage();
    const atUs = processUs();
    const values: Beat = {
      atUs,
      dueUs: atUs + nextMs * 1000,
      idleUs: idle * 1000,
      activeUs: active * 1000,
      gcCount: this.#gcCount,
      gcUs: this.#gcMs * 1000,
      cpuUs: user + system,
    };
    // The last one says when it was: whoever sees that has the others of this beat.
    for (const [index, field] of [...fields.entries()].toReversed())
      Atomics.store(this.#cells, index, BigInt(Math.round(values[field])));
  }
}

/** The last beat, for a thread that asks more often than the heart beats. */
export class BeatReader {
  readonly #cells: BigInt64Array;
  #last: Beat | undefined;

  /** @param memory a heart's */
  constructor(memory: SharedArrayBuffer) {
    this.#cells = new BigInt64Array(memory);
  }

  read(): Beat {
    if (this.#last?.atUs !== this.#cell(0)) {
      const [atUs = 0, dueUs = 0, idleUs = 0, activeUs = 0, gcCount = 0, gcUs = 0, cpuUs = 0] = fields.map(
        (_, index) => this.#cell(index),
      );
      this.#last = { atUs, dueUs, idleUs, activeUs, gcCount, gcUs, cpuUs };
    }
    return this.#last;
  }

  #cell(index: number): number {
    return Number(Atomics.load(this.#cells, index));
  }
}

/** Whether the next beat comes so soon that it tells by itself whether the loop comes round. */
export function isHurried({ atUs, dueUs }: Beat): boolean {
  return dueUs - atUs <= beatMs * 1000;
}

/** Which part of the time between two moments the loop was busy. A loop that does not come round is busy. */
export function busyShare(before: Beat, after: Beat, nowUs: number): number {
  const sinceUs = Math.max(0, nowUs - after.dueUs);
  const active = after.activeUs - before.activeUs + sinceUs;
  const all = active + after.idleUs - before.idleUs;
  return all <= 0 ? 0 : Math.min(1, Math.max(0, active / all));
}
