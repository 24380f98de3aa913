import { assert } from '@millrace/kernel/assert';
import { query, row } from '@millrace/master/store/operation';
import type { Work } from '@millrace/master/store/operation';
import type { Store } from '@millrace/master/store/store';

const logId = query(
  'testkit.logId',
  function* (_tx, input: { readonly build: number; readonly log: number }): Work<number | undefined> {
    const found = yield* row<{ id: number }>(
      'select id from logs where build = ? and log = ?',
      input.build,
      input.log,
    );
    return found?.id;
  },
);

/** The store's number of a log, by the number that its journal gave it. For stores in this thread. */
export async function findLogId(store: Store, build: number, log: number): Promise<number> {
  const id = await store.do(logId, { build, log });
  assert(id !== undefined, 'the log has been opened');
  return id;
}
