import type { Clock } from '@millrace/kernel/clock';
import type { CurrentConfig } from '../config/config.ts';
import { LeasedDuty } from '../store/leased-duty.ts';
import type { HeldLease } from '../store/operations/leases.ts';
import type { Store } from '../store/store.ts';
import { RepositoryWatches } from './repository-watches.ts';
import type { SourceReader } from './source-reader.ts';

export interface RepositoryPollerParts {
  /** This master's name. */
  readonly master: string;
  readonly store: Store;
  readonly config: CurrentConfig;
  readonly reader: SourceReader;
  readonly clock: Clock;
  readonly onTrouble: (error: unknown) => void;
  /** For people: a repository that cannot be read, commits that were passed over. */
  readonly log: (line: string) => void;
}

/**
 * Looks at the watched repositories and writes down what is new, on one master at a time. The heads that were
 * seen last are rows: what was pushed while no master ran is found at the next start. Repositories are known by
 * name: what the config in force says of one counts at its next look.
 */
export class RepositoryPoller {
  readonly #parts: RepositoryPollerParts;
  readonly #looked = Promise.withResolvers<void>();

  constructor(parts: RepositoryPollerParts) {
    this.#parts = parts;
  }

  /** Resolves when each watched repository has been looked at once, or cannot be read. */
  get looked(): Promise<void> {
    return this.#looked.promise;
  }

  /** Runs until the signal aborts. */
  run(signal: AbortSignal): Promise<void> {
    const { master, store, clock, onTrouble } = this.#parts;
    const work = async (lease: HeldLease, held: AbortSignal): Promise<void> => {
      const watches = new RepositoryWatches(this.#parts, lease);
      try {
        await watches.run(held, () => this.#looked.resolve());
      } finally {
        await watches.end();
      }
    };
    return new LeasedDuty({ name: 'repository-poller', holder: master, store, clock, onTrouble, work }).run(
      signal,
    );
  }
}
