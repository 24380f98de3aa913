import { sleep } from '@millrace/kernel/clock';
import type { Clock } from '@millrace/kernel/clock';
import { codeOf } from '@millrace/kernel/errors';
import { everyRound } from '@millrace/kernel/rounds';
import { releaseLease, takeLease } from './operations/leases.ts';
import type { HeldLease } from './operations/leases.ts';
import type { Store } from './store.ts';

export interface LeasedDutyParts {
  /** The lease's name. */
  readonly name: string;
  /** This master. */
  readonly holder: string;
  readonly store: Store;
  readonly clock: Clock;
  /** Does the duty until the signal aborts. What it throws ends this turn; the next begins after a rest. */
  readonly work: (lease: HeldLease, signal: AbortSignal) => Promise<void>;
  readonly onTrouble: (error: unknown) => void;
  readonly ttlMs?: number;
}

const defaultTtlMs = 10_000;
const restMs = 1_000;
/** Of its length a lease is prolonged so often: two times, at least, before it runs out. */
const renewalShare = 0.4;

/**
 * A duty that one master at a time does: a poller, the schedulers. It takes the lease when it is free, prolongs
 * it while it works, stops when it has lost it, and gives it back at the end. What the work writes carries
 * the fence, so that a holder that lost its lease without knowing cannot write any more.
 */
export class LeasedDuty {
  readonly #parts: LeasedDutyParts;
  readonly #ttlMs: number;

  constructor(parts: LeasedDutyParts) {
    this.#parts = parts;
    this.#ttlMs = parts.ttlMs ?? defaultTtlMs;
  }

  /** Runs until the signal aborts. */
  async run(signal: AbortSignal): Promise<void> {
    const { clock, onTrouble } = this.#parts;
    while (!signal.aborted) {
      try {
        const taken = await this.#take();
        if (taken.kind === 'held') await this.#hold(taken.fence, signal);
      } catch (thrown) {
        if (codeOf(thrown) !== 'lease-lost') onTrouble(thrown);
      }
      // Also after its work returned: a duty that ends at once must not spin.
      await sleep(clock, restMs, signal);
    }
  }

  async #hold(fence: number, outer: AbortSignal): Promise<void> {
    const { name, holder, store, clock, work, onTrouble } = this.#parts;
    const lease: HeldLease = { name, holder, fence };
    const lost = new AbortController();
    const renewal = everyRound(clock, this.#ttlMs * renewalShare, () => {
      this.#take().then((taken) => {
        if (taken.kind === 'taken' || taken.fence !== fence) lost.abort();
      }, onTrouble);
    });
    try {
      await work(lease, AbortSignal.any([outer, lost.signal]));
    } finally {
      renewal.cancel();
      if (!lost.signal.aborted) await store.do(releaseLease, lease).catch(onTrouble);
    }
  }

  #take() {
    const { name, holder, store } = this.#parts;
    return store.do(takeLease, { name, holder, ttlMs: this.#ttlMs });
  }
}
