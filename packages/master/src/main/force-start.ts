import { MillraceError } from '@millrace/kernel/errors';
import type { Forced } from '@millrace/protocol/api/builds';
import { isFolder } from '@millrace/protocol/repository/address';
import { Forcing } from '../api/forcing.ts';
import type { RevisionResolver } from '../api/revision-resolver.ts';
import type { Config } from '../config/config.ts';
import { suggestion } from '../config/did-you-mean.ts';
import { listRequests } from '../store/operations/read-requests.ts';
import type { Store } from '../store/store.ts';

export interface ForceStartParts {
  readonly store: Store;
  readonly revisions: RevisionResolver;
  readonly config: Config;
}

/** More wait only where nobody has looked for a long time. */
const waitingMax = 200;

/**
 * Asks for the build that a start begins with: of a folder's HEAD, whatever branch that is, else of the builder's
 * branch. Null where one of the same revision waits already, such as one that the last stop queued again.
 *
 * @throws MillraceError `unknown-builder`; ApiProblem where the revision cannot be had.
 */
export async function forceStart(
  { store, revisions, config }: ForceStartParts,
  name: string,
): Promise<Forced | null> {
  const builder = config.builders.find((one) => one.name === name);
  if (builder === undefined) {
    const known = config.builders.map((one) => one.name);
    throw new MillraceError('unknown-builder', `There is no builder "${name}"${suggestion(name, known)}.`);
  }
  const repository = config.repositories.find((one) => one.name === builder.repository);
  const head = repository !== undefined && isFolder(repository.url);
  const wanted = head ? await revisions.resolve(repository.name, 'HEAD') : undefined;
  const revision = wanted?.kind === 'found' ? wanted.revision : undefined;
  if (revision !== undefined) {
    const states = ['pending', 'claimed'] as const;
    const waiting = await store.do(listRequests, { filter: { builder: name, states }, limit: waitingMax });
    if (waiting.some((request) => request.revision === revision)) return null;
  }
  return new Forcing(store, revisions).force({
    config,
    builder,
    wanted: { ...(revision === undefined ? {} : { revision }), reason: 'millrace was started' },
    caller: null,
    idempotency: null,
  });
}
