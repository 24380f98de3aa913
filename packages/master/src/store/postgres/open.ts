import type pg from 'pg';
import { every, systemClock } from '@millrace/kernel/clock';
import type { Clock } from '@millrace/kernel/clock';
import { randomId } from '@millrace/kernel/ids';
import { systemRandom } from '@millrace/kernel/random';
import type { Random } from '@millrace/kernel/random';
import { SignalListeners } from '../signal-listeners.ts';
import type { Store } from '../store.ts';
import { newClient, openPool, placeOf } from './connections.ts';
import type { PostgresConnection } from './connections.ts';
import { DatabaseClock } from './database-clock.ts';
import { migratePostgres } from './migrate.ts';
import { refuseOldServer, tellOpeningError } from './opening-errors.ts';
import { Placeholders } from './placeholders.ts';
import { PostgresStore } from './postgres-store.ts';
import { SignalChannel } from './signal-channel.ts';

export interface PostgresOptions {
  readonly connection: PostgresConnection;
  readonly clock?: Clock;
  readonly random?: Random;
  /** Judges by this instead of the database's clock: for tests on a time of their own. */
  readonly time?: Pick<DatabaseClock, 'now'>;
  /** Connections for operations; one more listens. */
  readonly connectionsMax?: number;
}

/** How far two machines' clocks drift apart meanwhile is not worth speaking of. */
const clockRefreshMs = 60_000;

/**
 * Opens the store in a database, beside other masters that have it open.
 * @throws MillraceError `store-url`, `store-unreachable`, `store-refused`, `store-missing`, `store-forbidden`,
 *   `store-read-only`, `postgres-too-old`, `schema-too-new`
 */
export async function openPostgres(options: PostgresOptions): Promise<Store> {
  const { connection, clock = systemClock, random = systemRandom, connectionsMax = 10 } = options;
  const place = placeOf(connection);
  const pool = openPool(connection, connectionsMax);
  // An idle connection that breaks leaves the pool; who needs one gets another, or is told.
  pool.on('error', () => undefined);
  const listeners = new SignalListeners();
  const databaseClock = new DatabaseClock(clock);
  const channel = new SignalChannel({
    clock,
    random,
    sender: randomId(random, 9),
    async connect() {
      const client = newClient(connection);
      await client.connect();
      return client;
    },
    onSignals: (signals) => listeners.tell(signals),
  });
  const refresh = (): Promise<void> =>
    databaseClock.refresh(async () => {
      const text = 'select extract(epoch from clock_timestamp()) * 1000 as now';
      return (await pool.query<{ now: number }>(text)).rows[0]?.now ?? clock.now();
    });
  try {
    const client = await pool.connect();
    const { epoch } = await migrateChecked(client, random).finally(() => client.release());
    await refresh();
    await channel.start();
    // A refresh that fails leaves the last offset: the next one is a minute away.
    const timer = every(clock, clockRefreshMs, () => void refresh().catch(() => undefined));
    return new PostgresStore({
      epoch,
      pool,
      clock,
      databaseClock: options.time ?? databaseClock,
      random,
      texts: new Placeholders(),
      send: (signals) => channel.send(signals),
      listeners,
      async end() {
        timer.cancel();
        await channel.close();
      },
    });
  } catch (error) {
    await channel.close();
    await pool.end();
    throw tellOpeningError(error, place);
  }
}

async function migrateChecked(client: pg.PoolClient, random: Random): Promise<{ readonly epoch: string }> {
  const { rows } = await client.query<{ server_version_num: string }>('show server_version_num');
  refuseOldServer(Number(rows[0]?.server_version_num));
  return migratePostgres(client, random);
}
