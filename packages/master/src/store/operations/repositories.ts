import { operation, query, row, rows, run, signal } from '../operation.ts';
import type { Transaction, Work } from '../operation.ts';
import { emit } from './emit.ts';
import { requireLease } from './leases.ts';
import type { HeldLease } from './leases.ts';

/** How a repository was found when it was looked at. */
export interface RepositoryState {
  readonly name: string;
  /** What was watched at the last look that went well, as its poller wrote it; null: it has not gone well yet. */
  readonly watched: string | null;
  /** The last look, and the last that went well. */
  readonly lookedAt: number | null;
  readonly readAt: number | null;
  /** Looks since then that went wrong. */
  readonly failures: number;
  /** A literal; null: there is none. */
  readonly trouble: string | null;
  /** What is wrong, and what to do. */
  readonly message: string | null;
  readonly troubleSince: number | null;
  /** When somebody asked last that it be looked at; 0: nobody has. */
  readonly nudgedAt: number;
}

const selectState = `select name, watched, looked_at as "lookedAt", read_at as "readAt", failures, trouble, message,
  trouble_since as "troubleSince", nudged_at as "nudgedAt" from repositories`;

/** Of every repository that was ever looked at, or told of. */
export const repositoriesList = query('repositories.list', (): Work<readonly RepositoryState[]> =>
  rows<RepositoryState>(`${selectState} order by name`),
);

export const repositoriesRead = query(
  'repositories.read',
  (_tx, input: { readonly repository: string }): Work<RepositoryState | undefined> =>
    row<RepositoryState>(`${selectState} where name = ?`, input.repository),
);

/** How a look ended. */
export type LookOutcome =
  | { readonly kind: 'read'; readonly watched: string }
  | { readonly kind: 'trouble'; readonly trouble: string; readonly message: string };

/**
 * A poller has looked. Trouble that is new, of another kind, or over is told as an event, each once.
 *
 * @throws MillraceError `lease-lost`
 */
export const repositoriesLooked = operation(
  'repositories.looked',
  function* (
    tx,
    input: { readonly lease: HeldLease; readonly repository: string; readonly outcome: LookOutcome },
  ): Work<void> {
    const { lease, repository, outcome } = input;
    yield* requireLease(tx, lease.name, lease.holder, lease.fence);
    yield* run('insert into repositories (name) values (?) on conflict (name) do nothing', repository);
    const before = yield* row<{ trouble: string | null }>(
      'select trouble from repositories where name = ?',
      repository,
    );
    const troubleBefore = before?.trouble ?? null;
    if (outcome.kind === 'read') {
      yield* run(
        `update repositories set watched = ?, looked_at = ?, read_at = ?, failures = 0, trouble = null,
         message = null, trouble_since = null where name = ?`,
        outcome.watched,
        tx.now,
        tx.now,
        repository,
      );
      if (troubleBefore !== null) yield* emit(tx, { type: 'repository.recovered', data: { repository } });
      return;
    }
    const { trouble, message } = outcome;
    yield* run(
      `update repositories set looked_at = ?, failures = failures + 1, trouble = ?, message = ?,
       trouble_since = coalesce(trouble_since, ?) where name = ?`,
      tx.now,
      trouble,
      message,
      tx.now,
      repository,
    );
    if (troubleBefore !== trouble)
      yield* emit(tx, { type: 'repository.trouble', data: { repository, trouble, message } });
  },
);

/** Somebody knows that there is something new: its poller looks at once, whichever master runs it. */
export function* nudgeRepository(tx: Transaction, repository: string): Work<void> {
  yield* run(
    `insert into repositories (name, nudged_at) values (?, ?)
     on conflict (name) do update set nudged_at = excluded.nudged_at`,
    repository,
    tx.now,
  );
  yield* signal({ topic: 'polls' });
}

export const repositoriesNudge = operation(
  'repositories.nudge',
  (tx, input: { readonly repository: string }): Work<void> => nudgeRepository(tx, input.repository),
);
