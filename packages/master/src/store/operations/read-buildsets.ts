import type { Buildset } from '@millrace/protocol/api/buildsets';
import { worst } from '@millrace/protocol/result';
import type { Result } from '@millrace/protocol/result';
import { query, row, rows } from '../operation.ts';
import type { Work } from '../operation.ts';
import { inOrder, newestFirst } from './list-order.ts';
import type { ListOrder } from './list-order.ts';
import { requestsOf } from './read-requests.ts';
import type { StoredRequest } from './read-requests.ts';
import { equals, when, where } from './where.ts';

export type StoredBuildset = Omit<Buildset, 'requests'> & { readonly requests: readonly StoredRequest[] };

/** What is absent does not narrow. */
export interface BuildsetFilter {
  readonly scheduler?: string | undefined;
  readonly repository?: string | undefined;
  readonly branch?: string | undefined;
  readonly revision?: string | undefined;
  readonly state?: Buildset['state'] | undefined;
}

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

const selectBuildset = `select s.id, s.scheduler, s.reason, s.repository, s.branch, s.revision, s.properties, s.created_at
  from buildsets s`;
const isOpen = `exists (select 1 from requests r where r.buildset = s.id and r.state <> 'finished')`;

/** What a list of buildsets may be ordered by. */
export const buildsetOrders = ['id'] as const;
export type BuildsetOrder = (typeof buildsetOrders)[number];

/** Newest first, or as asked; each with its requests. */
export const listBuildsets = query(
  'buildsets.list',
  function* (
    _tx,
    input: {
      readonly filter: BuildsetFilter;
      readonly order?: ListOrder<BuildsetOrder>;
      readonly limit: number;
    },
  ): Work<readonly StoredBuildset[]> {
    const { scheduler, repository, branch, revision, state } = input.filter;
    const order = inOrder({ id: 's.id' }, input.order ?? newestFirst);
    const { text, values } = where(
      equals('s.scheduler', scheduler),
      equals('s.repository', repository),
      equals('s.branch', branch),
      equals('s.revision', revision),
      when(state === 'waiting', isOpen),
      when(state === 'finished', `not ${isOpen}`),
      ...order.conditions,
    );
    const found = yield* rows<BuildsetRow>(
      `${selectBuildset} ${text} order by ${order.text} limit ?`,
      ...values,
      input.limit,
    );
    const buildsets: StoredBuildset[] = [];
    for (const one of found) buildsets.push(yield* withRequests(one));
    return buildsets;
  },
);

export const readBuildset = query(
  'buildsets.read',
  function* (_tx, input: { readonly buildset: number }): Work<StoredBuildset | undefined> {
    const found = yield* row<BuildsetRow>(`${selectBuildset} where s.id = ?`, input.buildset);
    return found && (yield* withRequests(found));
  },
);

function* withRequests(found: BuildsetRow): Work<StoredBuildset> {
  const requests = yield* requestsOf(found.id);
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
}

function worstOf(requests: readonly StoredRequest[]): Result | null {
  const ended = requests.map((request) => request.result).filter((result) => result !== null);
  return ended.length === 0 ? null : ended.reduce(worst);
}
