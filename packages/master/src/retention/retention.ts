import { sleep } from '@millrace/kernel/clock';
import type { Clock } from '@millrace/kernel/clock';
import type { CurrentConfig } from '../config/config.ts';
import { dayMs } from '../model/retention.ts';
import type { BuilderBounds, BuilderKeeps } from '../model/retention.ts';
import { LeasedDuty } from '../store/leased-duty.ts';
import type { Operation } from '../store/operation.ts';
import {
  expireChanges,
  expireEvents,
  expireRepeats,
  expireWorkers,
} from '../store/operations/expire-common.ts';
import type { OldRows } from '../store/operations/expire-common.ts';
import { expireLogs, sweepLogs } from '../store/operations/expire-logs.ts';
import type { Expired } from '../store/operations/expire-logs.ts';
import type { HeldLease } from '../store/operations/leases.ts';
import { removeBuilds, removeUnbuilt } from '../store/operations/remove-builds.ts';
import { everyBuilder, retentionBounds } from '../store/operations/retention-candidates.ts';
import type { Batch } from '../store/operations/retention-candidates.ts';
import type { Store } from '../store/store.ts';
import { commonKeeps, keepsOf } from './keeps.ts';

export interface RetentionParts {
  readonly master: string;
  readonly store: Store;
  readonly clock: Clock;
  readonly config: CurrentConfig;
  readonly onTrouble: (error: unknown) => void;
  /** From the end of one pass to the beginning of the next. */
  readonly everyMs?: number;
}

const defaultEveryMs = 10 * 60_000;
/** What one operation looks at, or removes: some milliseconds of the store's time each (README.md). */
const buildsInBatch = 50;
const rowsInBatch = 500;
/** Between two batches everybody else has at least so many times the time that the last one took. */
const restFactor = 4;
const restMsMin = 20;

/**
 * Removes what has had its time, by one master at a time, in small batches with rests between them: nobody else waits
 * for it longer than for any other operation. Whatever dies in between, the next pass goes on; what is kept is whole.
 */
export class Retention {
  readonly #parts: RetentionParts;

  constructor(parts: RetentionParts) {
    this.#parts = parts;
  }

  /** Runs until the signal aborts. */
  run(signal: AbortSignal): Promise<void> {
    const { master, store, clock, onTrouble } = this.#parts;
    const duty = new LeasedDuty({
      name: 'retention',
      holder: master,
      store,
      clock,
      onTrouble,
      work: (lease, held) => this.#work(lease, held),
    });
    return duty.run(signal);
  }

  async #work(lease: HeldLease, signal: AbortSignal): Promise<void> {
    const { clock, everyMs = defaultEveryMs } = this.#parts;
    while (!signal.aborted) {
      await this.pass(lease, signal);
      await sleep(clock, everyMs, signal);
    }
  }

  /** Everything once, by the config of now. */
  async pass(lease: HeldLease, signal: AbortSignal): Promise<void> {
    const { store, config } = this.#parts;
    const builders = await store.do(everyBuilder, undefined);
    for (const builder of builders) await this.#ofBuilder(lease, builder, expireLogs, signal);
    await this.#until(signal, async () => {
      const swept = await store.do(sweepLogs, { lease, limit: rowsInBatch });
      return !swept.more;
    });
    for (const builder of builders) {
      await this.#ofBuilder(lease, builder, removeBuilds, signal);
      await this.#unbuilt(lease, builder, signal);
    }
    const { eventsDays, changesDays, workersDays, repeatsDays } = commonKeeps(config.get());
    const old = (days: number): OldRows => ({ lease, olderThanMs: days * dayMs, limit: rowsInBatch });
    const { schedulers, workers } = config.get();
    await this.#rows(signal, eventsDays, (days) => store.do(expireEvents, old(days)));
    await this.#rows(signal, changesDays, (days) =>
      store.do(expireChanges, { ...old(days), schedulers: schedulers.map(({ name }) => name) }),
    );
    await this.#rows(signal, repeatsDays, (days) => store.do(expireRepeats, old(days)));
    await this.#rows(signal, workersDays, (days) =>
      store.do(expireWorkers, { ...old(days), keep: workers.map(({ name }) => name) }),
    );
  }

  /** Batch after batch of a builder's builds, oldest first. */
  async #ofBuilder(
    lease: HeldLease,
    builder: string,
    operation: Operation<Batch & { readonly lease: HeldLease }, Expired>,
    signal: AbortSignal,
  ): Promise<void> {
    const { store, config } = this.#parts;
    const keeps = keepsOf(config.get(), builder);
    if (keepsAll(keeps) || signal.aborted) return;
    const bounds: BuilderBounds = await store.do(retentionBounds, { builder, keeps });
    let after = 0;
    await this.#until(signal, async () => {
      const batch = { builder, keeps, bounds, after, limit: buildsInBatch };
      const { next } = await store.do(operation, { ...batch, lease });
      after = next ?? after;
      return next === null;
    });
  }

  async #unbuilt(lease: HeldLease, builder: string, signal: AbortSignal): Promise<void> {
    const { store, config } = this.#parts;
    const { days } = keepsOf(config.get(), builder).builds;
    await this.#rows(signal, days, (most) =>
      store.do(removeUnbuilt, { lease, builder, olderThanMs: most * dayMs, limit: rowsInBatch }),
    );
  }

  /** As long as a batch is full. */
  async #rows(
    signal: AbortSignal,
    days: number | null,
    removeBatch: (days: number) => Promise<number>,
  ): Promise<void> {
    if (days === null) return;
    await this.#until(signal, async () => (await removeBatch(days)) < rowsInBatch);
  }

  /** One batch after the other, with a rest after each, until one says that it was the last. */
  async #until(signal: AbortSignal, batch: () => Promise<boolean>): Promise<void> {
    const { clock } = this.#parts;
    while (!signal.aborted) {
      const started = clock.monotonicMs();
      const done = await batch();
      const tookMs = clock.monotonicMs() - started;
      if (done) return;
      await sleep(clock, Math.max(restMsMin, tookMs * restFactor), signal);
    }
  }
}

function keepsAll({ builds, logs }: BuilderKeeps): boolean {
  return [builds, logs].every(({ days, count }) => days === null && count === null);
}
