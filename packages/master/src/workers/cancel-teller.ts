import type { Holding } from '@millrace/protocol/agent/messages';
import type { Reason } from '@millrace/protocol/result';
import { holderOf } from '../store/operations/builds.ts';
import type { Store } from '../store/store.ts';

export interface CancelTellerParts {
  readonly store: Store;
  readonly workers: {
    cancel(worker: string, build: Holding & { readonly reason: Reason; readonly message: string }): void;
  };
  readonly onTrouble: (error: unknown) => void;
}

/**
 * Tells workers of builds that somebody wants cancelled, wherever they asked. A worker that is not connected
 * here is told by whoever is connected to it, or by its next welcome: the wish stands in the store.
 */
export class CancelTeller {
  readonly #parts: CancelTellerParts;

  constructor(parts: CancelTellerParts) {
    this.#parts = parts;
  }

  /** Returns the way to stop. */
  start(): () => void {
    const { store, onTrouble } = this.#parts;
    return store.onSignal((signal) => {
      if (signal.topic === 'cancel') this.#tell(signal.build).catch(onTrouble);
    });
  }

  async #tell(build: number): Promise<void> {
    const holder = await this.#parts.store.do(holderOf, { build });
    if (!holder?.cancel) return;
    this.#parts.workers.cancel(holder.worker, { build, fence: holder.fence, ...holder.cancel });
  }
}
