import type { Build } from '@millrace/protocol/api/builds';
import { query, tuples } from '../operation.ts';
import type { SqlValue, Transaction, Work } from '../operation.ts';
import { buildConditions } from './build-filter.ts';
import type { BuildFilter, BuildOrder } from './build-filter.ts';
import { buildIndex, buildsBy } from './build-index.ts';
import { briefColumns, briefOf, buildColumns, buildOf } from './build-tuple.ts';
import type { BriefBuild, BriefTuple, BuildTuple } from './build-tuple.ts';
import { inOrder, newestFirst } from './list-order.ts';
import type { ListOrder } from './list-order.ts';
import { where } from './where.ts';

const orderColumns = { id: 'b.id', startedAt: 'b.started_at', finishedAt: 'b.finished_at' } as const;

export interface BuildsWanted {
  readonly filter: BuildFilter;
  readonly order?: ListOrder<BuildOrder>;
  readonly limit: number;
}

/** Newest first, or as asked. */
export const listBuilds = query('builds.list', function* (tx, input: BuildsWanted): Work<readonly Build[]> {
  const found = yield* listed<BuildTuple>(tx, buildColumns, input);
  return found.map(buildOf);
});

/** The same list with the few fields that a picture of many builds needs: a quarter of the work. */
export const listBriefBuilds = query('builds.list-brief', function* (tx, input: BuildsWanted): Work<
  readonly BriefBuild[]
> {
  const found = yield* listed<BriefTuple>(tx, briefColumns, input);
  return found.map(briefOf);
});

function* listed<Tuple extends readonly SqlValue[]>(
  { dialect }: Transaction,
  columns: string,
  { filter, order = newestFirst, limit }: BuildsWanted,
): Work<readonly Tuple[]> {
  const { conditions, text } = inOrder(orderColumns, order);
  const narrowed = where(...buildConditions(filter), ...conditions);
  const builds = buildsBy(dialect, buildIndex(filter, order.field));
  return yield* tuples<Tuple>(
    `select ${columns} from ${builds} ${narrowed.text} order by ${text} limit ?`,
    ...narrowed.values,
    limit,
  );
}
