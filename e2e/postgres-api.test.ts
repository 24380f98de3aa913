import { afterAll, beforeAll, beforeEach } from 'vitest';
import type { Clock } from '@millrace/kernel/clock';
import { openPostgres } from '@millrace/master/store/postgres/open';
import type { Store } from '@millrace/master/store/store';
import { ApiScene } from '@millrace/testkit/api-scene';
import { wipe } from '@millrace/testkit/conformance/test-operations';
import { startPostgres } from '@millrace/testkit/postgres';
import type { StartedPostgres } from '@millrace/testkit/postgres';

/*
 * The tests of the API's resources, over a PostgreSQL: the same files, each scene on a store that was wiped. Not those
 * of streams, which hold a fake clock against answers that come at once.
 */
let server: StartedPostgres;
let store: Store;
/** Every file makes a scene for every test; one of them is the test's own, and its clock alone goes on. */
let clocks: Clock[] = [];

beforeAll(async () => {
  server = await startPostgres();
  const time = { now: () => Math.max(0, ...clocks.map((clock) => clock.now())) };
  store = await openPostgres({ connection: await server.createDatabase(), time });
  const own = store;
  ApiScene.openStore = (given) => {
    clocks.push(given);
    return {
      epoch: own.epoch,
      do: (operation, input) => own.do(operation, input),
      read: (place, length) => own.read(place, length),
      onSignal: (listen) => own.onSignal(listen),
      close: async () => undefined,
    };
  };
});
beforeEach(async () => {
  clocks = [];
  await store.do(wipe, undefined);
});
afterAll(async () => {
  await store.close();
  await server.stop();
});

for (const resource of [
  'builders',
  'builds',
  'build-again',
  'changes',
  'generations',
  'holds',
  'requests',
  'workers',
])
  await import(`../packages/master/src/api/${resource}.test.ts`);
