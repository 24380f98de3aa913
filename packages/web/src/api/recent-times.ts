import { queryOptions } from '@tanstack/react-query';
import type { Build } from '@millrace/protocol/api/builds';
import { get } from './call.ts';
import type { List } from './queries.ts';

/** Of a build what an estimate is made of. */
type TimedBuild = Pick<Build, 'result' | 'startedAt' | 'finishedAt'>;

/**
 * How long the last builds of a builder took. Every row of a build that runs asks for it, and one build more hardly
 * changes it: so it is brief, and no event makes it stale.
 */
export const recentTimes = (builder: string) =>
  queryOptions({
    queryKey: ['times', builder],
    queryFn: ({ signal }) =>
      get<List<TimedBuild>>(
        '/builds',
        { builder, state: 'finished', limit: 50, fields: 'result,startedAt,finishedAt' },
        signal,
      ),
    staleTime: 10_000,
  });
