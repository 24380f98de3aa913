import { sleep } from '@millrace/kernel/clock';
import { msToRound } from '@millrace/kernel/rounds';
import { canonicalJson } from '../config/canonical-json.ts';
import type { CurrentConfig } from '../config/config.ts';
import type { RepositoryConfig } from '../config/source-config.ts';
import type { HeldLease } from '../store/operations/leases.ts';
import { RepositoryWatch } from './repository-watch.ts';
import type { RepositoryWatchParts } from './repository-watch.ts';

export interface RepositoryWatchesParts extends Omit<RepositoryWatchParts, 'lease'> {
  readonly config: CurrentConfig;
}

/** How soon a config that has changed is followed. */
const followEveryMs = 2_000;

interface Running {
  readonly watch: RepositoryWatch;
  readonly stop: AbortController;
  readonly ended: Promise<void>;
  looked: boolean;
}

/** One watch for each repository of the config that is to be watched, while the lease is held. */
export class RepositoryWatches {
  readonly #parts: RepositoryWatchesParts;
  readonly #lease: HeldLease;
  readonly #running = new Map<string, Running>();
  /** Of those that have been stopped, and are about to end. */
  readonly #ending = new Set<Promise<void>>();
  readonly #failed = new AbortController();

  constructor(parts: RepositoryWatchesParts, lease: HeldLease) {
    this.#parts = parts;
    this.#lease = lease;
  }

  /** Until the signal aborts. @throws what a watch threw: one that cannot write has lost the lease, and all with it. */
  async run(signal: AbortSignal, allLooked: () => void): Promise<void> {
    const { clock, store } = this.#parts;
    const until = AbortSignal.any([signal, this.#failed.signal]);
    const stop = store.onSignal(({ topic }) => {
      if (topic === 'polls')
        for (const { watch } of this.#running.values()) void watch.heed().catch(this.#fail);
    });
    try {
      while (!until.aborted) {
        this.#follow(allLooked);
        await sleep(clock, msToRound(clock, followEveryMs), until);
      }
    } finally {
      stop();
    }
    if (this.#failed.signal.aborted) throw this.#failed.signal.reason;
  }

  async end(): Promise<void> {
    for (const name of this.#running.keys()) this.#stop(name);
    await Promise.all(this.#ending);
  }

  /** Begins, changes and ends watches as the config has it. */
  #follow(allLooked: () => void): void {
    const wanted = new Map(
      this.#parts.config
        .get()
        .repositories.filter(({ branches, tags }) => branches.length + tags.length > 0)
        .map((repository) => [repository.name, repository]),
    );
    for (const [name, running] of this.#running) {
      const repository = wanted.get(name);
      if (repository === undefined) this.#stop(name);
      else if (canonicalJson(repository) !== canonicalJson(running.watch.repository))
        running.watch.repository = repository;
    }
    for (const [name, repository] of wanted) if (!this.#running.has(name)) this.#begin(repository, allLooked);
    this.#tellLooked(allLooked);
  }

  #begin(repository: RepositoryConfig, allLooked: () => void): void {
    const watch = new RepositoryWatch({ ...this.#parts, lease: this.#lease }, repository);
    const stop = new AbortController();
    const looked = (): void => {
      running.looked = true;
      this.#tellLooked(allLooked);
    };
    const ended = watch.run(stop.signal, looked).catch(this.#fail);
    const running: Running = { watch, stop, ended, looked: false };
    this.#running.set(repository.name, running);
  }

  #stop(name: string): void {
    const running = this.#running.get(name);
    if (running === undefined) return;
    this.#running.delete(name);
    running.stop.abort();
    this.#ending.add(running.ended);
    void running.ended.then(() => this.#ending.delete(running.ended));
  }

  #tellLooked(allLooked: () => void): void {
    if ([...this.#running.values()].every(({ looked }) => looked)) allLooked();
  }

  readonly #fail = (error: unknown): void => this.#failed.abort(error);
}
