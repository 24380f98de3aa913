import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, expect, test } from 'vitest';
import { firstLogBytes, firstSchemaRows } from '@millrace/testkit/conformance/first-schema';
import { upgradedBehaviours } from '@millrace/testkit/conformance/upgraded-behaviours';
import { migrations, schemaVersion, statementsOf } from '../migrations/migrations.ts';
import type { Store } from '../store.ts';
import { openSqlite } from './open.ts';

const folders: string[] = [];
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true });
});

/** A data folder as the first millrace left it. */
function firstFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'millrace-upgrade-'));
  folders.push(folder);
  const database = new DatabaseSync(join(folder, 'millrace.db'));
  const [first] = migrations;
  database.exec(`pragma journal_mode = wal; ${first ? statementsOf(first, 'sqlite') : ''}`);
  database.exec(`insert into meta (key, value) values ('schema', '1'), ('epoch', 'first')`);
  for (const row of firstSchemaRows) database.exec(row);
  database.exec(
    `insert into segments (id, bytes, opened_at, sealed) values (1, ${firstLogBytes.length + 100}, 1, 0)`,
  );
  database.close();
  mkdirSync(join(folder, 'segments'));
  // Behind the log: what merging has left of another one.
  writeFileSync(join(folder, 'segments', '1.seg'), Buffer.concat([firstLogBytes, Buffer.alloc(100)]));
  return folder;
}

const open = (folder: string): Promise<Store> => openSqlite({ folder, inPlace: true, synchronous: 'off' });

upgradedBehaviours('SQLite', () => open(firstFolder()));

test('the upgrade knows the newest schema, keeps the epoch, and counts what is dead in each segment', async () => {
  const folder = firstFolder();
  const store = await open(folder);
  expect(store.epoch).toBe('first');
  await store.close();
  const database = new DatabaseSync(join(folder, 'millrace.db'));
  expect(database.prepare(`select value from meta where key = 'schema'`).get()).toEqual({
    value: String(schemaVersion),
  });
  expect(database.prepare('select dead_bytes from segments where id = 1').get()).toEqual({ dead_bytes: 100 });
  database.exec(`update meta set value = '${schemaVersion + 1}' where key = 'schema'`);
  database.close();
  // As an older program meets a newer store: it changes nothing, and says what to do.
  await expect(open(folder)).rejects.toMatchObject({
    code: 'schema-too-new',
    message: expect.stringContaining('Start that version'),
  });
});
