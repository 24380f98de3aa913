import type { DatabaseSync } from 'node:sqlite';
import { MillraceError } from '@millrace/kernel/errors';
import { randomId } from '@millrace/kernel/ids';
import type { Random } from '@millrace/kernel/random';
import { migrationsAfter, schemaVersion, statementsOf } from '../migrations/migrations.ts';

/**
 * Brings a database to this program's schema and gives a new one its epoch.
 * @throws MillraceError `schema-too-new`
 */
export function migrateSqlite(database: DatabaseSync, random: Random): { readonly epoch: string } {
  database.exec('create table if not exists meta (key text primary key, value text not null)');
  const version = Number(meta(database, 'schema') ?? '0');
  if (version > schemaVersion) {
    throw new MillraceError(
      'schema-too-new',
      `The data folder was written by a later millrace (schema ${version}, this one knows ${schemaVersion}). Start that version, or give another --data.`,
    );
  }
  // An index of millions of rows is sorted beside the database: in memory six million builds took 300 MB.
  database.exec('pragma temp_store = file');
  for (const migration of migrationsAfter(version)) {
    database.exec('begin immediate');
    try {
      database.exec(statementsOf(migration, 'sqlite'));
      setMeta(database, 'schema', String(migration.version));
      if (meta(database, 'epoch') === undefined) setMeta(database, 'epoch', randomId(random, 9));
      database.exec('commit');
    } catch (error) {
      if (database.isTransaction) database.exec('rollback');
      throw error;
    }
  }
  database.exec('pragma temp_store = memory');
  return { epoch: meta(database, 'epoch') ?? '' };
}

function meta(database: DatabaseSync, key: string): string | undefined {
  const row = database.prepare('select value from meta where key = ?').get(key);
  return typeof row?.['value'] === 'string' ? row['value'] : undefined;
}

function setMeta(database: DatabaseSync, key: string, value: string): void {
  database
    .prepare(
      'insert into meta (key, value) values (?, ?) on conflict (key) do update set value = excluded.value',
    )
    .run(key, value);
}
