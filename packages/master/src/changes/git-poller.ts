import { sleep } from '@millrace/kernel/clock';
import type { Clock } from '@millrace/kernel/clock';
import { codeOf, messageOf } from '@millrace/kernel/errors';
import { matchesBranch } from '../config/branch-pattern.ts';
import type { CurrentConfig, RepositoryConfig } from '../config/config.ts';
import { LeasedDuty } from '../store/leased-duty.ts';
import {
  branchHeadsBegin,
  branchHeadsForget,
  branchHeadsMove,
  branchHeadsRead,
} from '../store/operations/branch-heads.ts';
import type { BranchHead } from '../store/operations/branch-heads.ts';
import type { HeldLease } from '../store/operations/leases.ts';
import type { Store } from '../store/store.ts';
import type { GitCommit, GitReader } from './git-reader.ts';

export interface GitPollerParts {
  /** This master's name. */
  readonly master: string;
  readonly store: Store;
  readonly config: CurrentConfig;
  readonly git: GitReader;
  readonly clock: Clock;
  readonly onTrouble: (error: unknown) => void;
  /** For people: a repository that cannot be read, commits that were passed over. */
  readonly log: (line: string) => void;
}

/** So many new commits of one look are told one by one; of more, the newest. */
const commitsMax = 50;
/** A repository that cannot be read is looked at less and less often, down to this. */
const unreadableEveryMsMax = 5 * 60_000;

/**
 * Looks at the watched repositories and writes down what is new, on one master at a time. The heads that were
 * seen last are rows: what was pushed while no master ran is found at the next start.
 */
export class GitPoller {
  readonly #parts: GitPollerParts;
  readonly #looked = Promise.withResolvers<void>();

  constructor(parts: GitPollerParts) {
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
      const lost = new AbortController();
      const until = AbortSignal.any([held, lost.signal]);
      const watched = this.#parts.config.get().repositories.filter(({ branches }) => branches.length > 0);
      const unseen = new Set(watched);
      const looked = (repository?: RepositoryConfig): void => {
        if (repository !== undefined) unseen.delete(repository);
        if (unseen.size === 0) this.#looked.resolve();
      };
      looked();
      try {
        // One that fails to write has lost the lease, and the others with it.
        await Promise.all(watched.map((repository) => this.#watch(lease, repository, looked, until)));
        if (watched.length === 0) await aborted(until);
      } finally {
        lost.abort();
      }
    };
    return new LeasedDuty({ name: 'git-poller', holder: master, store, clock, onTrouble, work }).run(signal);
  }

  async #watch(
    lease: HeldLease,
    repository: RepositoryConfig,
    looked: (repository: RepositoryConfig) => void,
    signal: AbortSignal,
  ): Promise<void> {
    const { clock, log, store } = this.#parts;
    let known = await store.do(branchHeadsRead, { repository: repository.name });
    let everyMs = repository.pollEveryMs;
    let told: string | undefined;
    while (!signal.aborted) {
      try {
        known = await this.#look(lease, repository, known);
        if (told !== undefined) log(`Repository "${repository.name}" can be read again.`);
        told = undefined;
        everyMs = repository.pollEveryMs;
      } catch (thrown) {
        if (codeOf(thrown) !== 'git-failed') throw thrown;
        if (messageOf(thrown) !== told)
          log(`Repository "${repository.name}" cannot be read: ${messageOf(thrown)}`);
        told = messageOf(thrown);
        everyMs = Math.min(everyMs * 2, Math.max(unreadableEveryMsMax, repository.pollEveryMs));
      }
      looked(repository);
      await sleep(clock, everyMs, signal);
    }
  }

  /** One look; answers what is known after it. */
  async #look(
    lease: HeldLease,
    repository: RepositoryConfig,
    known: readonly BranchHead[] | null,
  ): Promise<readonly BranchHead[]> {
    const heads = await this.#parts.git.heads(repository);
    const seen = heads.filter(({ branch }) => matchesBranch(repository.branches, branch));
    if (known === null)
      await this.#parts.store.do(branchHeadsBegin, { lease, repository: repository.name, heads: seen });
    else await this.#compare(lease, repository, known, seen);
    return seen;
  }

  async #compare(
    lease: HeldLease,
    repository: RepositoryConfig,
    known: readonly BranchHead[],
    seen: readonly BranchHead[],
  ): Promise<void> {
    const before = new Map(known.map(({ branch, revision }) => [branch, revision]));
    for (const head of seen) {
      const from = before.get(head.branch) ?? null;
      before.delete(head.branch);
      if (from !== head.revision) await this.#move(lease, repository, from, head);
    }
    for (const branch of before.keys())
      await this.#parts.store.do(branchHeadsForget, { lease, repository: repository.name, branch });
  }

  async #move(
    lease: HeldLease,
    repository: RepositoryConfig,
    from: string | null,
    head: BranchHead,
  ): Promise<void> {
    const { git, log, store } = this.#parts;
    const { commits, skipped } = await git.log(repository, from, head.revision, commitsMax);
    if (skipped > 0)
      log(
        `Repository "${repository.name}", branch "${head.branch}": ${commits.length + skipped} new commits; ` +
          `the newest ${commits.length} were taken, ${skipped} older ones passed over.`,
      );
    const changes = commits.map((commit) => changeOf(repository.name, head.branch, commit));
    await store.do(branchHeadsMove, { lease, repository: repository.name, head, changes });
  }
}

function changeOf(repository: string, branch: string, commit: GitCommit) {
  return { repository, branch, ...commit };
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
