import { every } from '@millrace/kernel/clock';
import type { World } from './world.ts';

const lookMs = 100;

/**
 * What the world did to each worker's line, so that the checker can tell whether a loss was deserved: the
 * longest time for which a worker could not be heard of while some master listened.
 */
export class SilenceLedger {
  readonly #world: World;
  /** For each worker: since when, by the world, nothing could have been heard; and the longest such time. */
  readonly #workers = new Map<string, { quietMs: number; deservedAt: number[] }>();

  constructor(world: World) {
    this.#world = world;
    for (const { name } of world.machines) this.#workers.set(name, { quietMs: 0, deservedAt: [] });
  }

  start(): void {
    every(this.#world.clock, lookMs, () => this.#look());
  }

  /** A worker was, at some time up to then, out of reach for long enough while a master listened. */
  mayHaveBeenSilent(worker: string, at: number): boolean {
    return this.#workers.get(worker)?.deservedAt.some((moment) => moment <= at) ?? false;
  }

  #look(): void {
    const { machines, livingMaster, clock, scenario } = this.#world;
    for (const machine of machines) {
      const entry = this.#workers.get(machine.name);
      if (!entry) continue;
      // Reaching a master again takes some time, in which a worker is quiet through no fault of this moment.
      if (machine.reachable) entry.quietMs = Math.max(0, entry.quietMs - 3 * lookMs);
      else if (livingMaster) entry.quietMs += lookMs;
      else entry.quietMs = 0;
      if (entry.quietMs >= scenario.lostAfterMs / 3) entry.deservedAt.push(clock.now());
    }
  }
}
