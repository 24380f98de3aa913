import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { lockBackups } from '../data-folder-lock.ts';
import { openSqlite } from '../open.ts';
import { takeBackup } from './take-backup.ts';
import { verifyBackup } from './verify-backup.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'millrace-backup-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

test('two backups of one data folder do not meet, and neither leaves anything in it', async () => {
  const data = join(folder, 'data');
  const store = await openSqlite({ folder: data, inPlace: true, synchronous: 'off' });
  const take = (name: string) => takeBackup({ data, to: join(folder, name), now: () => 1 });
  const before = readdirSync(data);
  const release = lockBackups(data);
  await expect(take('refused')).rejects.toMatchObject({ code: 'backup-running' });
  release();
  await take('taken');
  expect(await verifyBackup(join(folder, 'taken'))).toMatchObject({ problems: [] });
  expect(readdirSync(data).toSorted()).toEqual([...before, 'backup.lock'].toSorted());
  await store.close();
});
