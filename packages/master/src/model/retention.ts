/** What is kept of something: what is older, or not among the newest, goes. Null: no limit. */
export interface KeepLimit {
  readonly days: number | null;
  /** Builds of one builder. */
  readonly count: number | null;
}

/** What is kept of a builder. A log is never kept longer than its build. */
export interface BuilderKeeps {
  readonly builds: KeepLimit;
  readonly logs: KeepLimit;
}

/** What is kept of all else. Days; null: for ever. */
export interface CommonKeeps {
  readonly eventsDays: number | null;
  readonly changesDays: number | null;
  /** Workers that are in no config and not connected. */
  readonly workersDays: number | null;
  /** How long the repeat of a call is known by its idempotency key. */
  readonly repeatsDays: number | null;
}

/** Where a builder's builds stand: by their ids, which grow. */
export interface BuilderBounds {
  /** The newest that was green; 0: none. It is kept whatever its age. */
  readonly lastGreen: number;
  /** The oldest among the newest `count`; 0: all are. */
  readonly buildsFrom: number;
  readonly logsFrom: number;
}

export interface AgedBuild {
  readonly id: number;
  /** Null: it runs. */
  readonly finishedAt: number | null;
  /** Its request waits to be built again, or is being built. */
  readonly requestOpen: boolean;
}

export type Fate =
  | { readonly kind: 'keep' }
  /** The bytes of its logs go. `because`: in words, after "it is". */
  | { readonly kind: 'logs'; readonly because: string }
  | { readonly kind: 'build'; readonly because: string };

export const dayMs = 24 * 3_600_000;

/**
 * What becomes of a build by its builder's limits. Kept whole, whatever its age: one that runs, one whose request is
 * still open (its retry reads what became of it, and it may yet be adopted), and the last green one.
 */
export function fateOf(build: AgedBuild, keeps: BuilderKeeps, bounds: BuilderBounds, now: number): Fate {
  if (build.finishedAt === null || build.requestOpen || build.id === bounds.lastGreen)
    return { kind: 'keep' };
  const goes = because(build.id, build.finishedAt, keeps.builds, bounds.buildsFrom, now);
  if (goes !== undefined) return { kind: 'build', because: goes };
  const logsGo = because(build.id, build.finishedAt, keeps.logs, bounds.logsFrom, now);
  return logsGo === undefined ? { kind: 'keep' } : { kind: 'logs', because: logsGo };
}

/** Whether builds that began later may have a limit too: else nobody need look at them. */
export function mayGo(
  build: { readonly id: number; readonly startedAt: number },
  keeps: BuilderKeeps,
  bounds: BuilderBounds,
  now: number,
): boolean {
  const days = Math.min(keeps.builds.days ?? Infinity, keeps.logs.days ?? Infinity);
  return build.id < Math.max(bounds.buildsFrom, bounds.logsFrom) || build.startedAt < now - days * dayMs;
}

function because(
  id: number,
  finishedAt: number,
  limit: KeepLimit,
  from: number,
  now: number,
): string | undefined {
  if (limit.days !== null && finishedAt < now - limit.days * dayMs)
    return `older than ${limit.days} ${limit.days === 1 ? 'day' : 'days'}`;
  if (limit.count !== null && id < from) return `not among the newest ${limit.count} builds of its builder`;
  return undefined;
}
