import type { Clock } from '@millrace/kernel/clock';
import { msToRound } from '@millrace/kernel/rounds';
import { Wakeup } from '@millrace/kernel/wakeup';
import type { Config, SchedulerConfig } from '../config/config.ts';
import type { ChangingConfig } from '../config/config-in-force.ts';
import { LeasedDuty } from '../store/leased-duty.ts';
import { changesAfter } from '../store/operations/changes.ts';
import type { HeldLease } from '../store/operations/leases.ts';
import { schedulersDecide, schedulersOpen } from '../store/operations/schedulers.ts';
import type { Store } from '../store/store.ts';
import { decideOnChange } from './decide-on-change.ts';

export interface SchedulerLoopParts {
  /** This master's name. */
  readonly master: string;
  readonly store: Store;
  readonly config: ChangingConfig;
  readonly clock: Clock;
  readonly onTrouble: (error: unknown) => void;
}

/** How many changes one decision is about. */
const changesMax = 100;
/** Signals from another master may be lost: look again after so long. */
const lookAgainMs = 4_000;

/**
 * Runs all schedulers, on one master at a time. A scheduler is its config and a cursor in the store; nothing
 * is remembered here, so a change that was accepted just before a crash is decided about after it, once.
 */
export class SchedulerLoop {
  readonly #parts: SchedulerLoopParts;

  constructor(parts: SchedulerLoopParts) {
    this.#parts = parts;
  }

  /** Runs until the signal aborts. */
  run(signal: AbortSignal): Promise<void> {
    const { master, store, clock, onTrouble } = this.#parts;
    const work = (lease: HeldLease, held: AbortSignal): Promise<void> => this.#decideAlways(lease, held);
    return new LeasedDuty({ name: 'schedulers', holder: master, store, clock, onTrouble, work }).run(signal);
  }

  async #decideAlways(lease: HeldLease, signal: AbortSignal): Promise<void> {
    const { store, config, clock } = this.#parts;
    const wakeup = new Wakeup();
    const stop = store.onSignal(({ topic }) => {
      if (topic === 'changes') wakeup.wake();
    });
    const unlisten = config.onChange(() => wakeup.wake());
    try {
      while (!signal.aborted) {
        await this.#decideAll(lease, signal);
        const again = clock.after(msToRound(clock, lookAgainMs), () => wakeup.wake());
        await wakeup.wait(signal);
        again.cancel();
      }
    } finally {
      stop();
      unlisten();
    }
  }

  /** By one config: what it says stands until each decision is committed. */
  async #decideAll(lease: HeldLease, signal: AbortSignal): Promise<void> {
    await this.#parts.config.hold(async (config) => {
      for (const scheduler of config.schedulers) await this.#decide(lease, config, scheduler, signal);
    });
  }

  /** Until the scheduler has seen every change that there is. */
  async #decide(
    lease: HeldLease,
    config: Config,
    scheduler: SchedulerConfig,
    signal: AbortSignal,
  ): Promise<void> {
    const { store } = this.#parts;
    const { name } = scheduler;
    while (!signal.aborted) {
      const from = await store.do(schedulersOpen, { lease, name });
      // Another master's config, which came into force later, does not have it.
      if (from === null) return;
      const changes = await store.do(changesAfter, { after: from, limit: changesMax });
      const to = changes.at(-1)?.id;
      if (to === undefined) return;
      const buildsets = decideOnChange(scheduler, config.builders, changes);
      await store.do(schedulersDecide, { lease, name, from, to, buildsets });
    }
  }
}
