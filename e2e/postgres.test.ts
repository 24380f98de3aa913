import { afterAll, beforeAll, describe } from 'vitest';
import { openPostgres } from '@millrace/master/store/postgres/open';
import type { Store } from '@millrace/master/store/store';
import type { OpenedStore } from '@millrace/testkit/conformance/opened-store';
import { storeBehaviours } from '@millrace/testkit/conformance/store-behaviours';
import { wipe } from '@millrace/testkit/conformance/test-operations';
import { MovableClock } from '@millrace/testkit/movable-clock';
import { startPostgres } from '@millrace/testkit/postgres';
import type { StartedPostgres } from '@millrace/testkit/postgres';

let server: StartedPostgres;
beforeAll(async () => {
  server = await startPostgres();
});
afterAll(() => server.stop());

describe('two masters on one PostgreSQL', () => {
  const clock = new MovableClock();
  let store: Store;
  let second: Store;
  beforeAll(async () => {
    const connection = await server.createDatabase();
    store = await openPostgres({ connection, clock });
    second = await openPostgres({ connection, clock });
  });
  afterAll(async () => {
    await store.close();
    await second.close();
  });
  const empty = async (): Promise<OpenedStore> => {
    await store.do(wipe, undefined);
    return { store, second, advance: async (ms) => clock.move(ms) };
  };
  storeBehaviours('PostgreSQL', empty);
});
