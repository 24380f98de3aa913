import { cpSync, existsSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SeededRandom } from '@millrace/testkit/seeded-random';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openSqlite } from '../open.ts';
import { restoreBackup } from './restore-backup.ts';
import { takeBackup } from './take-backup.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'millrace-restore-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

async function backup(): Promise<string> {
  const data = join(folder, 'original');
  const store = await openSqlite({ folder: data, inPlace: true, synchronous: 'off' });
  const to = join(folder, 'backup');
  await takeBackup({ data, to, now: () => 1 });
  await store.close();
  return to;
}

test('a restore that was cut off is begun anew by the next one, whatever it had copied', async () => {
  const from = await backup();
  const data = join(folder, 'restored');
  const restore = () => restoreBackup({ from, data, random: new SeededRandom(1) });
  await restore();
  // As a machine that went off before the end leaves it: a half of the database, and segments of any length.
  renameSync(join(data, 'millrace.db'), join(data, 'millrace.db.restoring'));
  writeFileSync(
    join(data, 'millrace.db.restoring'),
    readFileSync(join(data, 'millrace.db.restoring')).subarray(0, 99),
  );
  writeFileSync(join(data, 'segments', '77.seg'), 'half of it');
  const open = () => openSqlite({ folder: data, inPlace: true, synchronous: 'off' });
  await expect(open()).rejects.toMatchObject({ code: 'restore-unfinished' });
  await restore();
  expect(existsSync(join(data, 'millrace.db.restoring'))).toBe(false);
  expect(existsSync(join(data, 'segments', '77.seg'))).toBe(false);
  await (await openSqlite({ folder: data, inPlace: true, synchronous: 'off' })).close();
});

test("a record that is there is overwritten by no restore, nor are segments that are nobody's", async () => {
  const from = await backup();
  const data = join(folder, 'original');
  const refused = { code: 'data-exists' };
  await expect(restoreBackup({ from, data, random: new SeededRandom(1) })).rejects.toMatchObject(refused);
  const segments = join(folder, 'segments-alone');
  cpSync(join(data, 'segments'), join(segments, 'segments'), { recursive: true });
  writeFileSync(join(segments, 'segments', '1.seg'), 'bytes');
  await expect(restoreBackup({ from, data: segments, random: new SeededRandom(1) })).rejects.toMatchObject(
    refused,
  );
  expect(readFileSync(join(segments, 'segments', '1.seg'), 'utf8')).toBe('bytes');
});
