import { afterAll, beforeAll } from 'vitest';
import { startPostgres } from '@millrace/testkit/postgres';
import type { StartedPostgres } from '@millrace/testkit/postgres';
import { killBehaviours } from './behaviours/kills.ts';
import { mainJobBehaviours } from './behaviours/main-job.ts';
import { Fleet } from './harness/fleet.ts';
import type { StartFleet } from './harness/fleet.ts';

let server: StartedPostgres;
beforeAll(async () => {
  server = await startPostgres();
});
afterAll(() => server.stop());

const start: StartFleet = async (options) =>
  Fleet.start({ ...options, store: await server.createDatabaseUrl() });

mainJobBehaviours('recorded in PostgreSQL', start);
killBehaviours('recorded in PostgreSQL', { startFleet: start, share: 0.3 });
