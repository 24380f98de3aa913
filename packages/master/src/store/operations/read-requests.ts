import type { Request } from '@millrace/protocol/api/requests';
import type { Reason, Result } from '@millrace/protocol/result';
import { query, row, rows } from '../operation.ts';
import type { Transaction, Work } from '../operation.ts';
import { joinSubject, subjectColumn, subjectOf } from './change-subject.ts';
import { inOrder, newestFirst } from './list-order.ts';
import type { ListOrder } from './list-order.ts';
import { equals, oneOf, where } from './where.ts';

/** A request without why it waits, which the config has a part in: see `requests.reasons`. */
export type StoredRequest = Omit<Request, 'waitsFor'>;

export interface RequestFilter {
  readonly builder?: string | undefined;
  /** For one of these. */
  readonly builders?: readonly string[] | undefined;
  readonly buildset?: number | undefined;
  readonly branch?: string | undefined;
  readonly revision?: string | undefined;
  readonly states?: readonly Request['state'][] | undefined;
  readonly results?: readonly Result[] | undefined;
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
  subject: string | null;
}

const requestColumns = `r.id, r.buildset, r.builder, r.state, r.priority, r.created_at, r.not_before,
  r.retries, r.build, r.result, r.reason, r.finished_at, s.repository, s.branch, s.revision,
  s.reason as buildset_reason, ${subjectColumn}`;
const joins = `join buildsets s on s.id = r.buildset ${joinSubject}`;
const selectRequest = `select ${requestColumns} from requests r ${joins}`;

function requestOf(found: RequestRow): StoredRequest {
  const { created_at, not_before, finished_at, buildset_reason, ...rest } = found;
  return {
    ...rest,
    createdAt: created_at,
    notBefore: not_before,
    finishedAt: finished_at,
    buildsetReason: buildset_reason,
    subject: subjectOf(rest.subject),
  };
}

/** What a list of requests may be ordered by: `-priority` is the order of the queue. */
export const requestOrders = ['id', 'priority'] as const;
export type RequestOrder = (typeof requestOrders)[number];

const orderColumns = { id: 'r.id', priority: 'r.priority' } as const;

/**
 * Requests, called `r`. Those that have ended are nearly all there are: by the index of states SQLite would read and sort
 * every one of them (80 s of 5.8 million), where the newest stand at the end of the table. A builder's own are few.
 */
function requestsBy({ dialect }: Transaction, filter: RequestFilter): string {
  const { states, builder, buildset } = filter;
  const mostOfThem = states?.includes('finished') === true && builder === undefined && buildset === undefined;
  return dialect === 'sqlite' && mostOfThem ? 'requests r not indexed' : 'requests r';
}

/** Newest first, or as asked. */
export const listRequests = query(
  'requests.list',
  function* (
    tx,
    input: {
      readonly filter: RequestFilter;
      readonly order?: ListOrder<RequestOrder>;
      readonly limit: number;
    },
  ): Work<readonly StoredRequest[]> {
    const order = inOrder(orderColumns, input.order ?? newestFirst, 'oldest-first');
    const { text, values } = where(
      equals('r.builder', input.filter.builder),
      oneOf('r.builder', input.filter.builders),
      equals('r.buildset', input.filter.buildset),
      equals('s.branch', input.filter.branch),
      equals('s.revision', input.filter.revision),
      oneOf('r.result', input.filter.results),
      oneOf('r.state', input.filter.states),
      ...order.conditions,
    );
    const found = yield* rows<RequestRow>(
      `select ${requestColumns} from ${requestsBy(tx, input.filter)} ${joins} ${text} order by ${order.text} limit ?`,
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

/** Those of one buildset, in the order in which they were made. */
export function* requestsOf(buildset: number): Work<readonly StoredRequest[]> {
  const found = yield* rows<RequestRow>(`${selectRequest} where r.buildset = ? order by r.id`, buildset);
  return found.map(requestOf);
}
