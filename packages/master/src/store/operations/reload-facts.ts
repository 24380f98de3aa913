import { query, row, rows } from '../operation.ts';
import type { Work } from '../operation.ts';

/** What goes on, as far as another config could change it. */
export interface ReloadFacts {
  /** Requests that wait, by builder. */
  readonly waiting: Readonly<Record<string, number>>;
  readonly running: readonly { readonly builder: string; readonly worker: string; readonly builds: number }[];
  readonly connected: readonly string[];
  /** Every scheduler that has ever been in force here. */
  readonly schedulers: readonly {
    readonly name: string;
    /** Null: it is in force. */
    readonly leftAt: number | null;
    /** Changes that it has not decided about, counted up to {@link countMax}. */
    readonly behind: number;
  }[];
  /** Branches that pollers know, or that changes were told of lately. */
  readonly branches: readonly { readonly repository: string; readonly branch: string }[];
}

/** Nobody counts further. */
export const countMax = 1_000;
const branchesMax = 2_000;

export const readReloadFacts = query('generations.facts', function* (): Work<ReloadFacts> {
  const waiting = yield* rows<{ builder: string; found: number }>(
    `select builder, count(*) as found from requests where state = 'pending' group by builder`,
  );
  const running = yield* rows<{ builder: string; worker: string; builds: number }>(
    `select builder, worker, count(*) as builds from builds where state = 'running'
     group by builder, worker order by builder, worker`,
  );
  const connected = yield* rows<{ name: string }>(
    'select name from workers where connected = 1 and silent = 0 order by name',
  );
  const schedulers: ReloadFacts['schedulers'][number][] = [];
  for (const one of yield* rows<{ name: string; cursor: number; left_at: number | null }>(
    'select name, cursor, left_at from schedulers order by name',
  )) {
    const { name, cursor, left_at: leftAt } = one;
    schedulers.push({ name, leftAt, behind: yield* changesAfter(cursor) });
  }
  const branches = yield* rows<{ repository: string; branch: string }>(
    `select repository, branch from branch_heads where branch <> ''
     union select repository, branch from (select repository, branch from changes order by id desc limit ?) as lately
     order by repository, branch limit ?`,
    countMax,
    branchesMax,
  );
  return {
    waiting: Object.fromEntries(waiting.map(({ builder, found }) => [builder, found])),
    running,
    connected: connected.map(({ name }) => name),
    schedulers,
    branches,
  };
});

function* changesAfter(cursor: number): Work<number> {
  const counted = yield* row<{ found: number }>(
    'select count(*) as found from (select id from changes where id > ? limit ?) as later',
    cursor,
    countMax,
  );
  return counted?.found ?? 0;
}
