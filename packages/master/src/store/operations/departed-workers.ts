import { query, row } from '../operation.ts';
import type { Work } from '../operation.ts';

/**
 * The entry of a worker in the last config that had it (JSON), for as long as a build runs on it: what it holds is
 * to be recorded. Null where it holds nothing, or was in no config.
 */
export const departedWorker = query(
  'workers.departed',
  function* (_tx, input: { readonly worker: string }): Work<string | null> {
    const found = yield* row<{ former: string }>(
      `select former from workers where name = ? and former is not null
       and exists (select 1 from builds where worker = ? and state = 'running')`,
      input.worker,
      input.worker,
    );
    return found?.former ?? null;
  },
);
