import type pg from 'pg';
import { MillraceError } from '@millrace/kernel/errors';
import { randomId } from '@millrace/kernel/ids';
import type { Random } from '@millrace/kernel/random';
import { migrationsAfter, schemaVersion, statementsOf } from '../migrations/migrations.ts';

/** Any number, the same for all masters: they migrate one after the other. */
const migrationLock = 7_249_001;

/**
 * Brings a database to this program's schema, and gives it an epoch: a new one also where it has been put back from a
 * dump, in which transactions are counted anew and old cursors mean nothing.
 * @throws MillraceError `schema-too-new`
 */
export async function migratePostgres(
  client: pg.ClientBase,
  random: Random,
): Promise<{ readonly epoch: string }> {
  await client.query('begin');
  try {
    await client.query('select pg_advisory_xact_lock($1)', [migrationLock]);
    await client.query('create table if not exists meta (key text primary key, value text not null)');
    const version = Number((await meta(client, 'schema')) ?? '0');
    if (version > schemaVersion) {
      throw new MillraceError(
        'schema-too-new',
        `The database was written by a later millrace (schema ${version}, this one knows ${schemaVersion}). Start that version, or give another database.`,
      );
    }
    for (const migration of migrationsAfter(version)) {
      await client.query(statementsOf(migration, 'postgres'));
      await setMeta(client, 'schema', String(migration.version));
    }
    const epoch = await epochOf(client, random);
    await client.query('commit');
    return { epoch };
  } catch (error) {
    await client.query('rollback').catch(() => undefined);
    throw error;
  }
}

async function epochOf(client: pg.ClientBase, random: Random): Promise<string> {
  const known = await meta(client, 'epoch');
  const found = await client.query<{ database: string; elsewhere: boolean }>(
    `select (select oid::text from pg_database where datname = current_database()) as database,
       exists (select 1 from events where xid >= pg_snapshot_xmax(pg_current_snapshot())) as elsewhere`,
  );
  const { database = '', elsewhere = false } = found.rows[0] ?? {};
  if (known !== undefined && !elsewhere && (await meta(client, 'database')) === database) return known;
  // What was written elsewhere comes before all that is written here, in the order of its numbers.
  if (known !== undefined) {
    await client.query(`update events set xid = '0'`);
    await client.query('update event_horizon set xid = 0');
  }
  const epoch = randomId(random, 9);
  await setMeta(client, 'epoch', epoch);
  await setMeta(client, 'database', database);
  return epoch;
}

async function meta(client: pg.ClientBase, key: string): Promise<string | undefined> {
  const found = await client.query<{ value: string }>('select value from meta where key = $1', [key]);
  return found.rows[0]?.value;
}

async function setMeta(client: pg.ClientBase, key: string, value: string): Promise<void> {
  await client.query(
    'insert into meta (key, value) values ($1, $2) on conflict (key) do update set value = excluded.value',
    [key, value],
  );
}
