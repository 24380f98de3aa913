import { sleep } from '@millrace/kernel/clock';
import type { Clock } from '@millrace/kernel/clock';
import { startMasterRow, stopMasterRow } from '../store/operations/masters.ts';
import { watchSilence } from '../store/operations/silence.ts';
import type { Store } from '../store/store.ts';

export interface LeaseReaperParts {
  readonly master: string;
  /** New at each start. */
  readonly incarnation: string;
  readonly store: Store;
  readonly clock: Clock;
  readonly lostAfterMs: () => number;
  readonly onTrouble: (error: unknown) => void;
}

/** How often a master says that it listens. */
const beatMs = 1_000;

/**
 * Says at every beat that this master listens, and judges the workers that were silent meanwhile. All that
 * it knows is in the store, so any number of masters may do it at once.
 */
export class LeaseReaper {
  readonly #parts: LeaseReaperParts;

  constructor(parts: LeaseReaperParts) {
    this.#parts = parts;
  }

  /** To be awaited before the first agent is let in. */
  async begin(): Promise<void> {
    await this.#parts.store.do(startMasterRow, this.#beat());
  }

  /** Runs until the signal aborts. */
  async run(signal: AbortSignal): Promise<void> {
    const { store, clock, lostAfterMs, onTrouble } = this.#parts;
    while (!signal.aborted) {
      await sleep(clock, Math.min(beatMs, Math.max(50, lostAfterMs() / 4)), signal);
      if (signal.aborted) return;
      await store.do(watchSilence, { ...this.#beat(), lostAfterMs: lostAfterMs() }).catch(onTrouble);
    }
  }

  async end(): Promise<void> {
    await this.#parts.store.do(stopMasterRow, { master: this.#parts.master });
  }

  #beat(): { master: string; incarnation: string; beatMs: number } {
    return { master: this.#parts.master, incarnation: this.#parts.incarnation, beatMs };
  }
}
