import type { Clock } from '@millrace/kernel/clock';
import { sleep } from '@millrace/kernel/clock';
import { msToRound } from '@millrace/kernel/rounds';

/** What V8 holds of memory for a thread, and what of it is in use, garbage included. */
interface HeapBytes {
  readonly held: number;
  readonly used: number;
}

export interface HeapSweeperParts {
  readonly clock: Clock;
  /** Of the main thread. */
  readonly heap: () => HeapBytes;
  /** CPU time of the main thread since its start, in microseconds. */
  readonly cpuUs: () => number;
  /** What has been kept of builds since the start. */
  readonly recordedBytes: () => number;
  /** Collects the garbage of all threads. */
  readonly sweep: () => Promise<void>;
  readonly onTrouble: (error: unknown) => void;
}

const lookEveryMs = 2_000;
/** While there is something to be swept. */
const waitMs = 1_000;
/**
 * Two windows of output that nobody watches. While some comes there is no rest, however little it is: it makes new
 * garbage at once, and a sweep takes the CPU of ten windows of sixteen logs.
 */
const recordsPauseMs = 4_000;
/** A share of a core: who takes less has nothing to do. */
const quietMax = 0.03;
/** Less is not worth a standstill. */
const grownBytesMin = 4 * 1024 * 1024;
/** A larger heap would stand still for so long that it is a stall; its garbage is the smaller part of it, too. */
const usedBytesMax = 40 * 1024 * 1024;

/**
 * Has garbage collected when a master comes to rest, after its start and after work: nothing else would, since a
 * master at rest asks for no memory.
 */
export class HeapSweeper {
  readonly #parts: HeapSweeperParts;
  /** What was held after the last sweep, in bytes. */
  #swept = 0;
  /** What was recorded when it was last seen to have grown, and when that was. */
  #recorded = { bytes: 0, atMs: -Infinity };

  constructor(parts: HeapSweeperParts) {
    this.#parts = parts;
  }

  /** Runs until the signal aborts. */
  async run(signal: AbortSignal): Promise<void> {
    const { clock, cpuUs, onTrouble } = this.#parts;
    while (!signal.aborted) {
      const sinceMs = clock.monotonicMs();
      const sinceUs = cpuUs();
      await sleep(clock, msToRound(clock, this.#isDue() ? waitMs : lookEveryMs), signal);
      if (signal.aborted) return;
      const share = (cpuUs() - sinceUs) / 1000 / (clock.monotonicMs() - sinceMs);
      const recordsCome = this.#recordsCome();
      if (share <= quietMax && !recordsCome && this.#isDue()) await this.#sweep().catch(onTrouble);
    }
  }

  /** To be asked at each look. */
  #recordsCome(): boolean {
    const atMs = this.#parts.clock.monotonicMs();
    const bytes = this.#parts.recordedBytes();
    if (bytes !== this.#recorded.bytes) this.#recorded = { bytes, atMs };
    return atMs - this.#recorded.atMs < recordsPauseMs;
  }

  async #sweep(): Promise<void> {
    await this.#parts.sweep();
    this.#swept = this.#parts.heap().held;
  }

  #isDue(): boolean {
    const { held, used } = this.#parts.heap();
    return held - this.#swept >= grownBytesMin && used <= usedBytesMax;
  }
}
