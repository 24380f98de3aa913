import type { Buildset } from '@millrace/protocol/api/buildsets';
import type { Request } from '@millrace/protocol/api/requests';
import { worst } from '@millrace/protocol/result';
import type { Reason, Result } from '@millrace/protocol/result';
import { query, row, rows } from '../operation.ts';
import type { Work } from '../operation.ts';
import { below, equals, oneOf, where } from './where.ts';

/** A request without why it waits, which the config has a part in: see `requests.reasons`. */
export type StoredRequest = Omit<Request, 'waitsFor'>;

export type StoredBuildset = Omit<Buildset, 'requests'> & { readonly requests: readonly StoredRequest[] };

export interface RequestFilter {
  readonly builder?: string | undefined;
  readonly states?: readonly Request['state'][] | undefined;
}

interface RequestRow {
  id: number;
  buildset: number;
  builder: string;
  state: Request['state'];
  priority: number;
  created_at: number;
  not_before: number;
  retries: number;
  build: number | null;
  result: Result | null;
  reason: Reason | null;
  finished_at: number | null;
  repository: string | null;
  branch: string | null;
  revision: string | null;
  buildset_reason: string;
}

const selectRequest = `select r.id, r.buildset, r.builder, r.state, r.priority, r.created_at, r.not_before,
  r.retries, r.build, r.result, r.reason, r.finished_at, s.repository, s.branch, s.revision,
  s.reason as buildset_reason
  from requests r join buildsets s on s.id = r.buildset`;

function requestOf(found: RequestRow): StoredRequest {
  const { created_at, not_before, finished_at, buildset_reason, ...rest } = found;
  return {
    ...rest,
    createdAt: created_at,
    notBefore: not_before,
    finishedAt: finished_at,
    buildsetReason: buildset_reason,
  };
}

/** Newest first, those before `before`. */
export const listRequests = query(
  'requests.list',
  function* (
    _tx,
    input: { readonly filter: RequestFilter; readonly before?: number | undefined; readonly limit: number },
  ): Work<readonly StoredRequest[]> {
    const { text, values } = where(
      equals('r.builder', input.filter.builder),
      oneOf('r.state', input.filter.states),
      below('r.id', input.before),
    );
    const found = yield* rows<RequestRow>(
      `${selectRequest} ${text} order by r.id desc limit ?`,
      ...values,
      input.limit,
    );
    return found.map(requestOf);
  },
);

export const readRequest = query('requests.read', function* (_tx, input: { readonly request: number }): Work<
  StoredRequest | undefined
> {
  const found = yield* row<RequestRow>(`${selectRequest} where r.id = ?`, input.request);
  return found && requestOf(found);
});

interface BuildsetRow {
  id: number;
  scheduler: string | null;
  reason: string;
  repository: string | null;
  branch: string | null;
  revision: string | null;
  properties: string;
  created_at: number;
}

export const readBuildset = query(
  'buildsets.read',
  function* (_tx, input: { readonly buildset: number }): Work<StoredBuildset | undefined> {
    const found = yield* row<BuildsetRow>(
      `select id, scheduler, reason, repository, branch, revision, properties, created_at
     from buildsets where id = ?`,
      input.buildset,
    );
    if (!found) return undefined;
    const requests = (yield* rows<RequestRow>(
      `${selectRequest} where r.buildset = ? order by r.id`,
      input.buildset,
    )).map(requestOf);
    const finished = requests.every((request) => request.state === 'finished');
    const { created_at: createdAt, properties, ...rest } = found;
    return {
      ...rest,
      properties: JSON.parse(properties) as Buildset['properties'],
      createdAt,
      state: finished ? 'finished' : 'waiting',
      result: finished ? worstOf(requests) : null,
      requests,
    };
  },
);

function worstOf(requests: readonly StoredRequest[]): Result | null {
  const ended = requests.map((request) => request.result).filter((result) => result !== null);
  return ended.length === 0 ? null : ended.reduce(worst);
}
