import type { Dialect } from '../operation.ts';
import { onlyRunning } from './build-filter.ts';
import type { BuildFilter, BuildOrder } from './build-filter.ts';
import { narrows } from './where.ts';

/** What SQLite calls the index of `unique (request, fence)`. */
const ofRequest = 'sqlite_autoindex_builds_2';

/**
 * The index that a list of builds is read by; undefined: the store's own choice is as good.
 *
 * SQLite keeps no statistics, and takes every column for as telling as every other: it would read all that ever
 * succeeded for those of the last hour. What is known here is which filters leave few builds, and which index has
 * them in the order asked for, so that a list ends with its limit however many builds there are.
 */
export function buildIndex(filter: BuildFilter, order: BuildOrder): string | undefined {
  if (filter.request !== undefined) return ofRequest;
  if (filter.revision !== undefined) return 'builds_revision';
  // With its builder it is unique, and without one there is no index.
  if (filter.number !== undefined) return undefined;
  if (onlyRunning(filter)) return 'builds_running';
  const hasBuilder = filter.builder !== undefined;
  if (narrows(filter.started) || order === 'startedAt')
    return hasBuilder ? 'builds_builder_started' : 'builds_started';
  // A builder's own are sorted rather than looked for among those of all.
  if (narrows(filter.finished) || (order === 'finishedAt' && !hasBuilder)) return 'builds_finished';
  if (hasBuilder || filter.builders !== undefined) return 'builds_builder';
  if (filter.worker !== undefined) return 'builds_worker';
  if (filter.branch !== undefined) return 'builds_branch';
  return filter.results === undefined ? undefined : 'builds_result';
}

/** Builds, called `b`, by that index. PostgreSQL knows how its values are spread, and chooses by itself. */
export function buildsBy(dialect: Dialect, index: string | undefined): string {
  return dialect === 'sqlite' && index !== undefined ? `builds b indexed by ${index}` : 'builds b';
}
