import { matchesBranch } from '../../config/branch-pattern.ts';
import { watchedOf } from '../../changes/compare-heads.ts';
import type { RepositoryConfig } from '../../config/source-config.ts';
import type { NewChange } from '../../store/operations/changes.ts';
import type { RepositoryState } from '../../store/operations/repositories.ts';
import type { ToldPush } from './delivery.ts';

/** As many as the poller takes of one look. */
const changesMax = 50;

export interface ToDo {
  /** To be written down, oldest first. */
  readonly changes: readonly NewChange[];
  /** Commits that are passed over. */
  readonly skipped: number;
  /** The poller is to look at once. */
  readonly poll: boolean;
  readonly message: string;
}

/**
 * What to do about a push. Where the poller can read the branch it is sent to look, for it knows what merged what,
 * how many there are and what was pushed over; else what the delivery tells is written down as it is.
 */
export function whatToDo(
  push: ToldPush,
  repository: RepositoryConfig,
  state: RepositoryState | undefined,
): ToDo {
  const { name } = repository;
  const isWatched = matchesBranch(watchedOf(repository).patterns, push.branch);
  const canBeRead = state !== undefined && state.readAt !== null && state.trouble === null;
  const nothing = { changes: [], skipped: 0, poll: isWatched };
  if (push.revision === null)
    return {
      ...nothing,
      message: `${push.branch} of repository "${name}" is gone; there is nothing to build.`,
    };
  if (isWatched && canBeRead)
    return {
      ...nothing,
      message: `Repository "${name}" is looked at now for what is new on ${push.branch}.`,
    };
  const taken = push.commits.slice(-changesMax);
  const skipped = push.untold + push.commits.length - taken.length;
  const changes = taken.map(({ link, committedAt, ...commit }) => ({
    repository: name,
    branch: push.branch,
    ...commit,
    committedAt: committedAt === 0 ? null : committedAt,
    link,
  }));
  const count = changes.length === 1 ? 'one change' : `${changes.length} changes`;
  const rest = skipped === 0 ? '' : `; ${skipped} or more older commits were passed over`;
  return {
    changes,
    skipped,
    poll: isWatched,
    message: `Repository "${name}" has ${count} on ${push.branch}${rest}.`,
  };
}
