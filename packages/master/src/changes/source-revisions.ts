import type { Clock } from '@millrace/kernel/clock';
import { messageOf } from '@millrace/kernel/errors';
import type { CurrentConfig } from '../config/config.ts';
import type { SourceReader, SourceRepository } from './source-reader.ts';

/** What a person asked to build, pinned, or a sentence about why it cannot be. */
export type FoundRevision =
  | { readonly kind: 'found'; readonly revision: string; readonly branch: string }
  | { readonly kind: 'not-found' | 'unreachable'; readonly message: string };

/** Somebody waits at the other end of a call. */
const answerMsMax = 60_000;

/** Pins branches, tags and revisions of the config's repositories. It never rejects. */
export class SourceRevisions {
  readonly #config: CurrentConfig;
  readonly #reader: SourceReader;
  readonly #clock: Clock;

  constructor(config: CurrentConfig, reader: SourceReader, clock: Clock) {
    this.#config = config;
    this.#reader = reader;
    this.#clock = clock;
  }

  async resolve(repository: string, branchOrRevision: string): Promise<FoundRevision> {
    const known = this.#config.get().repositories.find(({ name }) => name === repository);
    if (known === undefined)
      return { kind: 'not-found', message: `The config has no repository "${repository}".` };
    const late = Promise.withResolvers<FoundRevision>();
    const timer = this.#clock.after(answerMsMax, () =>
      late.resolve({
        kind: 'unreachable',
        message: `The repository "${repository}" did not answer within ${answerMsMax / 1000} s.`,
      }),
    );
    const found = this.#find(known, branchOrRevision, known.defaultBranch).catch(
      (thrown: unknown): FoundRevision => ({ kind: 'unreachable', message: messageOf(thrown) }),
    );
    try {
      return await Promise.race([found, late.promise]);
    } finally {
      timer.cancel();
    }
  }

  /** A branch of that name before a revision; a revision is said to be on the branch whose head it is. */
  async #find(repository: SourceRepository, wanted: string, defaultBranch: string): Promise<FoundRevision> {
    const heads = await this.#reader.heads(repository, false);
    const head = heads.find(({ branch }) => branch === wanted);
    if (head !== undefined) return { kind: 'found', ...head };
    const resolved = await this.#reader.resolve(repository, { branch: defaultBranch, revision: wanted });
    if (resolved.kind === 'unknown') return { kind: 'not-found', message: resolved.message };
    const of = heads.filter(({ revision }) => revision === resolved.revision).map(({ branch }) => branch);
    const branch = of.includes(defaultBranch) ? defaultBranch : (of[0] ?? defaultBranch);
    return { kind: 'found', revision: resolved.revision, branch };
  }
}
