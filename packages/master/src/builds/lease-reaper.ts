import { sleep } from '@millrace/kernel/clock';
import type { Clock } from '@millrace/kernel/clock';
import { codeOf, MillraceError } from '@millrace/kernel/errors';
import { msToRound } from '@millrace/kernel/rounds';
import { readMasterLife, startMasterRow, stopMasterRow } from '../store/operations/masters.ts';
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
  /** Another master has begun under this one's name, and the store no longer hears this one: it had better end. */
  readonly onReplaced: (error: Error) => void;
}

/** How often a master says that it listens. */
const beatMs = 1_000;
/** The same where no other master can have the store, so that none waits for this one's beats. */
const aloneBeatMs = 2_000;
/** With less, a master that beats seldom would not notice for too large a part of it that none has listened. */
const aloneLostAfterMs = 60_000;
/** A master that lives beats within this time, also on a slow store. */
const watchMs = 2.5 * beatMs;

/**
 * Says at every beat that this master listens, and judges the workers that were silent meanwhile. All that
 * it knows is in the store, so any number of masters may do it at once.
 */
export class LeaseReaper {
  readonly #parts: LeaseReaperParts;
  #alone = false;

  constructor(parts: LeaseReaperParts) {
    this.#parts = parts;
  }

  /**
   * To be awaited before the first agent is let in. `alone`: nobody else can have this store, so that who had this
   * master's name is dead. Else it is watched for a moment.
   *
   * @throws MillraceError `name-in-use`
   */
  async begin(alone: boolean): Promise<void> {
    this.#alone = alone;
    if (!alone) await this.#refuseTwin();
    await this.#parts.store.do(startMasterRow, this.#beat());
  }

  /** Runs until the signal aborts. */
  async run(signal: AbortSignal): Promise<void> {
    const { store, clock, lostAfterMs, onTrouble, onReplaced } = this.#parts;
    while (!signal.aborted) {
      await sleep(clock, this.#restMs(), signal);
      if (signal.aborted) return;
      try {
        await store.do(watchSilence, { ...this.#beat(), lostAfterMs: lostAfterMs() });
      } catch (thrown) {
        if (!(thrown instanceof Error) || codeOf(thrown) !== 'master-replaced') onTrouble(thrown);
        else return onReplaced(thrown);
      }
    }
  }

  async end(): Promise<void> {
    const { store, master, incarnation } = this.#parts;
    await store.do(stopMasterRow, { master, incarnation });
  }

  /** One that was killed does not beat any more; what it had is taken over, and its incarnation is over. */
  async #refuseTwin(): Promise<void> {
    const { store, clock, master } = this.#parts;
    const before = await store.do(readMasterLife, { master, beatMs });
    if (!before?.lives) return;
    await sleep(clock, watchMs);
    const now = await store.do(readMasterLife, { master, beatMs });
    if (!now?.lives || now.seenAt === before.seenAt) return;
    throw new MillraceError(
      'name-in-use',
      `A master named "${master}" works on this store already. Stop that one, or give this one another --name.`,
    );
  }

  #beat(): { master: string; incarnation: string; beatMs: number } {
    return { master: this.#parts.master, incarnation: this.#parts.incarnation, beatMs: this.#beatMs() };
  }

  #beatMs(): number {
    return this.#alone && this.#parts.lostAfterMs() >= aloneLostAfterMs ? aloneBeatMs : beatMs;
  }

  /** Until the next beat. */
  #restMs(): number {
    const hurriedMs = Math.max(50, this.#parts.lostAfterMs() / 4);
    return hurriedMs < beatMs ? hurriedMs : msToRound(this.#parts.clock, this.#beatMs());
  }
}
