import type { Change } from '@millrace/protocol/api/changes';
import { query, row, rows } from '../operation.ts';
import type { Work } from '../operation.ts';
import { inOrder, newestFirst } from './list-order.ts';
import type { ListOrder } from './list-order.ts';
import { equals, oneOf, where } from './where.ts';
import type { Condition } from './where.ts';

export interface ChangeFilter {
  readonly repository?: string | undefined;
  readonly branch?: string | undefined;
  readonly revision?: string | undefined;
  readonly author?: string | undefined;
  /** Of which one of these builders has built something. */
  readonly builders?: readonly string[] | undefined;
}

interface ChangeRow {
  id: number;
  repository: string;
  branch: string;
  revision: string;
  author: string;
  message: string;
  committed_at: number;
  seen_at: number;
  files: string;
  link: string | null;
}

const selectChange =
  'select id, repository, branch, revision, author, message, committed_at, seen_at, files, link from changes';

function changeOf(found: ChangeRow): Change {
  const { committed_at: committedAt, seen_at: seenAt, files, ...rest } = found;
  return { ...rest, committedAt, seenAt, files: JSON.parse(files) as string[] };
}

/** What a list of changes may be ordered by. */
export const changeOrders = ['id', 'committedAt'] as const;
export type ChangeOrder = (typeof changeOrders)[number];

const orderColumns = { id: 'id', committedAt: 'committed_at' } as const;

/** Newest first, or as asked. */
export const listChanges = query(
  'changes.list',
  function* (
    _tx,
    input: {
      readonly filter: ChangeFilter;
      readonly order?: ListOrder<ChangeOrder>;
      readonly limit: number;
    },
  ): Work<readonly Change[]> {
    const order = inOrder(orderColumns, input.order ?? newestFirst);
    const { text, values } = where(
      equals('repository', input.filter.repository),
      equals('revision', input.filter.revision),
      equals('author', input.filter.author),
      equals('branch', input.filter.branch),
      builtBy(input.filter.builders),
      ...order.conditions,
    );
    const found = yield* rows<ChangeRow>(
      `${selectChange} ${text} order by ${order.text} limit ?`,
      ...values,
      input.limit,
    );
    return found.map(changeOf);
  },
);

/** A change is public once a public builder has built it. */
function builtBy(builders: readonly string[] | undefined): Condition | undefined {
  const among = oneOf('b.builder', builders);
  if (among === undefined) return undefined;
  const [text, ...values] = among;
  return [
    `exists (select 1 from builds b where b.revision = changes.revision and b.branch = changes.branch
       and b.repository = changes.repository and ${text})`,
    ...values,
  ];
}

/** A change is known by its repository, branch and revision. */
export const readChange = query(
  'changes.read',
  function* (
    _tx,
    input: { readonly repository: string; readonly branch: string; readonly revision: string },
  ): Work<Change | undefined> {
    const found = yield* row<ChangeRow>(
      `${selectChange} where repository = ? and branch = ? and revision = ?`,
      input.repository,
      input.branch,
      input.revision,
    );
    return found && changeOf(found);
  },
);

export const readChangeById = query(
  'changes.byId',
  function* (
    _tx,
    input: { readonly change: number; readonly builders?: readonly string[] | undefined },
  ): Work<Change | undefined> {
    const { text, values } = where(equals('id', input.change), builtBy(input.builders));
    const found = yield* row<ChangeRow>(`${selectChange} ${text}`, ...values);
    return found && changeOf(found);
  },
);
