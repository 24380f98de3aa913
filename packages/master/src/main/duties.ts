/** A long-lived process of the master: it runs until the signal aborts. */
export interface Duty {
  run(signal: AbortSignal): Promise<void>;
}

/**
 * - `work`: finds and gives out what is to be built;
 * - `watch`: keeps an eye on what is being built.
 */
export type DutyKind = 'work' | 'watch';

/** The master's duties, that they can be stopped kind by kind. */
export class Duties {
  readonly #onTrouble: (error: unknown) => void;
  readonly #running: {
    readonly kind: DutyKind;
    readonly stop: AbortController;
    readonly ended: Promise<void>;
  }[] = [];

  constructor(onTrouble: (error: unknown) => void) {
    this.#onTrouble = onTrouble;
  }

  start(kind: DutyKind, duty: Duty): void {
    const stop = new AbortController();
    this.#running.push({ kind, stop, ended: duty.run(stop.signal).catch(this.#onTrouble) });
  }

  /** Resolves when they have come to an end. Stopping twice does nothing. */
  async stop(...kinds: readonly DutyKind[]): Promise<void> {
    const stopped = this.#running.filter(({ kind }) => kinds.includes(kind));
    for (const { stop } of stopped) stop.abort();
    await Promise.all(stopped.map(({ ended }) => ended));
  }
}
