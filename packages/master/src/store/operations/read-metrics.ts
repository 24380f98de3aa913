import type { Result } from '@millrace/protocol/result';
import { query, row, rows } from '../operation.ts';
import type { Work } from '../operation.ts';

export interface StoreFigures {
  readonly finishedBuilds: readonly { readonly result: Result; readonly builds: number }[];
  readonly runningBuilds: number;
  readonly pendingRequests: readonly { readonly builder: string; readonly requests: number }[];
  readonly connectedWorkers: number;
  readonly slots: number;
  /** Of logs, as they lie on the disk. */
  readonly keptBytes: number;
}

/** The figures of the whole store, for a scraper: counted from indexes. */
export const readFigures = query('store.figures', function* (tx): Work<StoreFigures> {
  const finishedBuilds = yield* rows<StoreFigures['finishedBuilds'][number]>(
    'select result, count(*) as builds from builds where result is not null group by result order by result',
  );
  const running = yield* row<{ builds: number }>(
    `select count(*) as builds from builds where state = 'running'`,
  );
  const pendingRequests = yield* rows<StoreFigures['pendingRequests'][number]>(
    `select builder, count(*) as requests from requests where state = 'pending' group by builder order by builder`,
  );
  const workers = yield* row<{ workers: number; slots: number }>(
    'select count(*) as workers, cast(coalesce(sum(slots), 0) as bigint) as slots from workers where connected = 1',
  );
  const kept = yield* row<{ bytes: number }>(
    tx.dialect === 'sqlite'
      ? 'select cast(coalesce(sum(bytes), 0) as bigint) as bytes from segments'
      : `select pg_total_relation_size('kept_bytes') as bytes`,
  );
  return {
    finishedBuilds,
    runningBuilds: running?.builds ?? 0,
    pendingRequests,
    connectedWorkers: workers?.workers ?? 0,
    slots: workers?.slots ?? 0,
    keptBytes: kept?.bytes ?? 0,
  };
});
