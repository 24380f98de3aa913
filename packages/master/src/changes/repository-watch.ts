import { unreachable } from '@millrace/kernel/assert';
import type { Clock } from '@millrace/kernel/clock';
import { codeOf, messageOf } from '@millrace/kernel/errors';
import { Wakeup } from '@millrace/kernel/wakeup';
import { commitLinkOf } from '../config/commit-link.ts';
import type { RepositoryConfig } from '../config/source-config.ts';
import {
  branchHeadsBegin,
  branchHeadsForget,
  branchHeadsMove,
  branchHeadsRead,
} from '../store/operations/branch-heads.ts';
import type { HeldLease } from '../store/operations/leases.ts';
import { repositoriesLooked, repositoriesRead } from '../store/operations/repositories.ts';
import type { LookOutcome } from '../store/operations/repositories.ts';
import type { Store } from '../store/store.ts';
import { matchesBranch } from '../config/branch-pattern.ts';
import { compareHeads, watchedOf } from './compare-heads.ts';
import type { HeadAct, Watched } from './compare-heads.ts';
import { lookAgainMs } from './look-pace.ts';
import type { SourceHead, SourceReader } from './source-reader.ts';
import { SourceError } from './source-trouble.ts';
import { unlessAborted } from './unless-aborted.ts';

export interface RepositoryWatchParts {
  readonly store: Store;
  readonly reader: SourceReader;
  readonly clock: Clock;
  readonly lease: HeldLease;
  /** For people: a repository that cannot be read, commits that were passed over. */
  readonly log: (line: string) => void;
}

/** So many new commits of one branch and look are told one by one; of more, the newest. */
const commitsMax = 50;
/** More branches and tags than this are not followed. */
const headsMax = 10_000;
/** That all is well is written down so often. */
const tellMs = 10_000;

/**
 * Looks at one repository, again and again, until its signal aborts. What was seen last are rows; here is only what
 * they say, so as not to ask for them at each look.
 */
export class RepositoryWatch {
  readonly #parts: RepositoryWatchParts;
  readonly #wakeup = new Wakeup();
  #repository: RepositoryConfig;
  /** Null: never looked at. */
  #known: Map<string, string> | null = null;
  #watched: Watched | null = null;
  #nudgedAt = 0;
  #failures = 0;
  #told: { readonly message: string | null; readonly atMs: number } | undefined;

  constructor(parts: RepositoryWatchParts, repository: RepositoryConfig) {
    this.#parts = parts;
    this.#repository = repository;
  }

  get repository(): RepositoryConfig {
    return this.#repository;
  }

  /** What the config says of it now; it is looked at, at once. */
  set repository(repository: RepositoryConfig) {
    this.#repository = repository;
    this.#wakeup.wake();
  }

  /** Somebody may have asked for a look: the store knows for which repository. */
  async heed(): Promise<void> {
    const state = await this.#parts.store.do(repositoriesRead, { repository: this.#repository.name });
    if (state === undefined || state.nudgedAt <= this.#nudgedAt) return;
    this.#nudgedAt = state.nudgedAt;
    this.#wakeup.wake();
  }

  /** @throws MillraceError `lease-lost`; whatever the store throws. */
  async run(signal: AbortSignal, looked: () => void): Promise<void> {
    await this.#recall();
    while (!signal.aborted) {
      const repository = this.#repository;
      const outcome = await this.#look(repository, signal);
      if (signal.aborted || outcome === undefined) return;
      await this.#tell(repository, outcome);
      looked();
      const again = this.#parts.clock.after(lookAgainMs(repository.pollEveryMs, this.#failures), () =>
        this.#wakeup.wake(),
      );
      await this.#wakeup.wait(signal);
      again.cancel();
    }
  }

  async #recall(): Promise<void> {
    const { store } = this.#parts;
    const { name } = this.#repository;
    const heads = await store.do(branchHeadsRead, { repository: name });
    this.#known = heads && mapOf(heads);
    const state = await store.do(repositoriesRead, { repository: name });
    this.#watched = state?.watched ? (JSON.parse(state.watched) as Watched) : null;
    this.#nudgedAt = state?.nudgedAt ?? 0;
    this.#failures = state?.failures ?? 0;
  }

  async #look(repository: RepositoryConfig, signal: AbortSignal): Promise<LookOutcome | undefined> {
    const watched = watchedOf(repository);
    try {
      const looking = this.#parts.reader.heads(repository, repository.tags.length > 0);
      const heads = await unlessAborted(looking, signal);
      if (heads === undefined) return undefined;
      const seen = heads.filter(({ branch }) => matchesBranch(watched.patterns, branch));
      if (seen.length > headsMax)
        throw new SourceError(
          'too-large',
          `${seen.length} of its branches and tags are watched, of which ${headsMax} at most are followed: give narrower patterns as \`branches\` and \`tags\`.`,
        );
      if (!signal.aborted) await this.#follow(repository, seen, signal);
      this.#watched = watched;
      return { kind: 'read', watched: JSON.stringify(watched) };
    } catch (thrown) {
      if (codeOf(thrown) !== 'source-failed') throw thrown;
      const trouble = thrown instanceof SourceError ? thrown.trouble : 'unreadable';
      return { kind: 'trouble', trouble, message: messageOf(thrown) };
    }
  }

  async #follow(
    repository: RepositoryConfig,
    seen: readonly SourceHead[],
    signal: AbortSignal,
  ): Promise<void> {
    const { lease, store } = this.#parts;
    const { name } = repository;
    if (this.#known === null) {
      await store.do(branchHeadsBegin, { lease, repository: name, heads: seen });
      this.#known = mapOf(seen);
      return;
    }
    let broken: unknown;
    for (const act of compareHeads(this.#known, seen, this.#watched)) {
      if (signal.aborted) return;
      try {
        await this.#act(repository, act, this.#known, signal);
      } catch (thrown) {
        // A branch that cannot be read is not in the way of the others.
        if (!(thrown instanceof SourceError) || thrown.trouble !== 'unreadable') throw thrown;
        broken ??= thrown;
      }
    }
    if (broken !== undefined) throw broken;
  }

  async #act(
    repository: RepositoryConfig,
    act: HeadAct,
    known: Map<string, string>,
    signal: AbortSignal,
  ): Promise<void> {
    const { lease, store } = this.#parts;
    const { name } = repository;
    switch (act.kind) {
      case 'begin':
        await store.do(branchHeadsBegin, { lease, repository: name, heads: [act.head] });
        known.set(act.head.branch, act.head.revision);
        break;
      case 'move':
        if (await this.#move(repository, act.head, act.from, signal))
          known.set(act.head.branch, act.head.revision);
        break;
      case 'forget':
        await store.do(branchHeadsForget, { lease, repository: name, branch: act.branch });
        known.delete(act.branch);
        break;
      default:
        unreachable(act);
    }
  }

  /** False where it was stopped on the way. */
  async #move(
    repository: RepositoryConfig,
    head: SourceHead,
    from: string | null,
    signal: AbortSignal,
  ): Promise<boolean> {
    const { reader, lease, log, store } = this.#parts;
    const { name, commitLink } = repository;
    const way = { branch: head.branch, from, to: head.revision, limit: commitsMax };
    const found = await unlessAborted(reader.log(repository, way), signal);
    if (found === undefined) return false;
    const { commits, skipped, rewritten } = found;
    const changes = commits.map((commit) => ({
      repository: name,
      branch: head.branch,
      ...commit,
      link: commitLinkOf(commitLink, commit.revision),
    }));
    const rewrittenFrom = rewritten ? from : null;
    await store.do(branchHeadsMove, { lease, repository: name, head, changes, skipped, rewrittenFrom });
    if (skipped > 0)
      log(
        `Repository "${name}", branch "${head.branch}": ${commits.length + skipped} new commits; ` +
          `the newest ${commits.length} were taken, ${skipped} older ones passed over.`,
      );
    return true;
  }

  /** Writes down how the look ended: what is new at once, and that all is well from time to time. */
  async #tell({ name }: RepositoryConfig, outcome: LookOutcome): Promise<void> {
    const { clock, lease, log, store } = this.#parts;
    const now = clock.monotonicMs();
    const message = outcome.kind === 'trouble' ? outcome.message : null;
    this.#failures = outcome.kind === 'trouble' ? this.#failures + 1 : 0;
    const isKnown = outcome.kind === 'read' && this.#told?.message === null && now - this.#told.atMs < tellMs;
    if (isKnown) return;
    await store.do(repositoriesLooked, { lease, repository: name, outcome });
    if (message !== null && message !== this.#told?.message)
      log(`Repository "${name}" cannot be read: ${message}`);
    if (message === null && (this.#told?.message ?? null) !== null)
      log(`Repository "${name}" can be read again.`);
    this.#told = { message, atMs: now };
  }
}

function mapOf(heads: readonly SourceHead[]): Map<string, string> {
  return new Map(heads.map(({ branch, revision }) => [branch, revision]));
}
