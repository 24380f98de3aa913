import type { Clock, Timer } from '@millrace/kernel/clock';

/**
 * A process of the simulated world. What it was handed (clock, disk, connections, store) stops working at
 * its death, so that code of it that is still on its way, in some promise, reaches nobody.
 */
export class Mortal {
  readonly name: string;
  readonly #onDeath: (() => void)[] = [];
  #alive = true;

  constructor(name: string) {
    this.name = name;
  }

  get alive(): boolean {
    return this.#alive;
  }

  onDeath(act: () => void): void {
    this.#onDeath.push(act);
  }

  /** As `kill -9` does: nothing of it runs any more, and nobody is told but by what they see. */
  kill(): void {
    if (!this.#alive) return;
    this.#alive = false;
    for (const act of this.#onDeath) act();
  }

  /** The world's clock, for this process alone. */
  clock(world: Clock): Clock {
    return {
      now: () => world.now(),
      monotonicMs: () => world.monotonicMs(),
      after: (ms: number, act: () => void): Timer => {
        if (!this.#alive) return { cancel: () => undefined };
        return world.after(ms, () => {
          if (this.#alive) act();
        });
      },
    };
  }
}
