import type { Clock, Timer } from '@millrace/kernel/clock';
import type { WorkerSession } from '../store/operations/workers.ts';

interface Beat extends WorkerSession {
  readonly answer: () => void;
}

/**
 * Heartbeats on their way to the store: those of all workers in one commit every `batchMs`. A heartbeat is
 * answered after that commit, never before: a slot that must stop in time (`onSilence: 'stop'`) counts from
 * what the store knows to have been heard.
 */
export class HeardBatch {
  readonly #heard: (heard: readonly WorkerSession[]) => Promise<void>;
  readonly #clock: Clock;
  readonly #batchMs: () => number;
  readonly #onTrouble: (error: unknown) => void;
  #waiting = new Map<string, Beat>();
  #timer: Timer | undefined;
  #committing = false;
  #closed = false;

  constructor(
    heard: (heard: readonly WorkerSession[]) => Promise<void>,
    clock: Clock,
    batchMs: () => number,
    onTrouble: (error: unknown) => void,
  ) {
    this.#heard = heard;
    this.#clock = clock;
    this.#batchMs = batchMs;
    this.#onTrouble = onTrouble;
  }

  /** A newer heartbeat of a session takes the place of one that still waits. */
  add(beat: Beat): void {
    if (this.#closed) return;
    this.#waiting.set(`${beat.session} ${beat.worker}`, beat);
    this.#schedule();
  }

  close(): void {
    this.#closed = true;
    this.#timer?.cancel();
    this.#waiting.clear();
  }

  #schedule(): void {
    if (this.#timer !== undefined || this.#committing || this.#waiting.size === 0 || this.#closed) return;
    this.#timer = this.#clock.after(this.#batchMs(), () => {
      this.#timer = undefined;
      void this.#commit();
    });
  }

  async #commit(): Promise<void> {
    const beats = [...this.#waiting.values()];
    this.#waiting = new Map();
    this.#committing = true;
    try {
      await this.#heard(beats.map(({ worker, session }) => ({ worker, session })));
      for (const beat of beats) beat.answer();
    } catch (error) {
      this.#onTrouble(error);
    } finally {
      this.#committing = false;
      this.#schedule();
    }
  }
}
