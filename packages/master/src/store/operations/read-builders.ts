import type { Build } from '@millrace/protocol/api/builds';
import { query, rows } from '../operation.ts';
import type { Work } from '../operation.ts';
import { lastBuildOf } from './read-builds.ts';

export interface BuilderActivity {
  readonly pending: number;
  readonly running: number;
  readonly lastBuild: Build | null;
}

/** What goes on at each of these builders, in their order. */
export const readBuilderActivity = query(
  'builders.activity',
  function* (_tx, input: { readonly builders: readonly string[] }): Work<readonly BuilderActivity[]> {
    const pending = countsOf(
      yield* rows<Count>(
        `select builder, count(*) as found from requests where state = 'pending' group by builder`,
      ),
    );
    const running = countsOf(
      yield* rows<Count>(
        `select builder, count(*) as found from builds where state = 'running' group by builder`,
      ),
    );
    const activity: BuilderActivity[] = [];
    for (const builder of input.builders)
      activity.push({
        pending: pending.get(builder) ?? 0,
        running: running.get(builder) ?? 0,
        lastBuild: yield* lastBuildOf(builder),
      });
    return activity;
  },
);

interface Count {
  builder: string;
  found: number;
}

function countsOf(counts: readonly Count[]): ReadonlyMap<string, number> {
  return new Map(counts.map(({ builder, found }) => [builder, found]));
}
