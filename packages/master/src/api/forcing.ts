import { unreachable } from '@millrace/kernel/assert';
import type { Force, Forced } from '@millrace/protocol/api/builds';
import type { BuilderConfig, Config } from '../config/config.ts';
import type { ClaimsAtOnce } from '../dispatch/claim-at-once.ts';
import { buildsetsAddClaimed } from '../store/operations/add-claimed.ts';
import { buildsetsAdd } from '../store/operations/buildsets.ts';
import type { AddedBuildset, NewBuildset, Source } from '../store/operations/buildsets.ts';
import type { Idempotency, Once } from '../store/operations/idempotency.ts';
import { readOnce } from '../store/operations/read-idempotency.ts';
import { readBuildset } from '../store/operations/read-buildsets.ts';
import type { Store } from '../store/store.ts';
import type { FieldError } from './api-problem.ts';
import { ApiProblem } from './api-problem.ts';
import { keyUsedBefore } from './idempotency-key.ts';
import type { RevisionResolver } from './revision-resolver.ts';

export interface ForceCall {
  readonly config: Config;
  readonly builder: BuilderConfig;
  readonly wanted: Force;
  readonly caller: string | null;
  readonly idempotency: Idempotency | null;
}

/** Makes a buildset of what a person wants, pinned to a revision that exists. */
export class Forcing {
  readonly #store: Store;
  readonly #revisions: RevisionResolver;
  readonly #dispatch: ClaimsAtOnce | undefined;

  /** @param dispatch who may begin at once what is asked for; absent: everything waits its turn */
  constructor(store: Store, revisions: RevisionResolver, dispatch?: ClaimsAtOnce) {
    this.#store = store;
    this.#revisions = revisions;
    this.#dispatch = dispatch;
  }

  /** @throws ApiProblem `unknown-revision`, `no-repository` 422, `repository-unreachable` 503, `idempotency-key-used` 409. */
  async force(call: ForceCall): Promise<Forced> {
    const repeated = await this.#repeated(call.idempotency);
    if (repeated) return this.#again(repeated);
    const { builder, wanted } = call;
    const source = await this.#source(call);
    const added = await this.#add(call, {
      scheduler: null,
      reason: wanted.reason ?? (call.caller === null ? 'Forced' : `Forced by "${call.caller}"`),
      source,
      properties: wanted.properties ?? {},
      builders: [{ name: builder.name, priority: wanted.priority ?? builder.priority }],
    });
    if (added.kind === 'conflict') throw keyUsedBefore();
    if (added.repeated) return this.#again(added.answer);
    const { buildset, requests } = added.answer;
    return { buildset, requests: [...requests], revision: source?.revision ?? null };
  }

  async #add({ builder, idempotency }: ForceCall, buildset: NewBuildset): Promise<Once<AddedBuildset>> {
    const { source, properties } = buildset;
    const begun = await this.#dispatch?.atOnce({ builder: builder.name, source, properties }, (claim) =>
      this.#store.do(buildsetsAddClaimed, { buildset, idempotency, claim }),
    );
    return begun?.added ?? this.#store.do(buildsetsAdd, { ...buildset, idempotency });
  }

  /** A repeat does not ask the repository again: the branch may have gone on since. */
  async #repeated(idempotency: Idempotency | null): Promise<AddedBuildset | undefined> {
    const before = idempotency && (await this.#store.do(readOnce, idempotency));
    if (before?.kind === 'conflict') throw keyUsedBefore();
    return before?.answer as AddedBuildset | undefined;
  }

  /** What was answered the first time: the revision is the one of then. */
  async #again({ buildset, requests }: AddedBuildset): Promise<Forced> {
    const stored = await this.#store.do(readBuildset, { buildset });
    return { buildset, requests: [...requests], revision: stored?.revision ?? null };
  }

  async #source({ config, builder, wanted }: ForceCall): Promise<Source | null> {
    const { branch, revision } = wanted;
    const repository = config.repositories.find(({ name }) => name === builder.repository);
    if (!repository) {
      const errors: FieldError[] = [];
      if (branch !== undefined) errors.push({ field: 'branch', message: 'has no repository to be of' });
      if (revision !== undefined) errors.push({ field: 'revision', message: 'has no repository to be of' });
      if (errors.length === 0) return null;
      throw new ApiProblem(
        422,
        'no-repository',
        `The builder "${builder.name}" builds nothing from a repository: leave branch and revision out.`,
        errors,
      );
    }
    const usual = branch ?? builder.branch ?? repository.defaultBranch;
    const found = await this.#revisions.resolve(repository.name, revision ?? usual);
    switch (found.kind) {
      case 'found':
        return {
          repository: repository.name,
          branch: branch ?? (revision === undefined ? usual : found.branch),
          revision: found.revision,
        };
      case 'not-found': {
        const field = revision === undefined ? 'branch' : 'revision';
        throw new ApiProblem(422, 'unknown-revision', found.message, [{ field, message: found.message }]);
      }
      case 'unreachable':
        throw new ApiProblem(503, 'repository-unreachable', found.message);
      default:
        return unreachable(found);
    }
  }
}
