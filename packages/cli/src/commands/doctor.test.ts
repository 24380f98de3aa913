import { mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openSqlite } from '@millrace/master/store/sqlite/open';
import { runCommand } from '../../test/run-command.ts';
import { ScriptedMaster } from '../../test/scripted-master.ts';
import type { Finding } from '../doctor/finding.ts';
import { doctorCommand } from './doctor.ts';

let folder: string;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'millrace-doctor-'));
  const store = await openSqlite({ folder, inPlace: true, synchronous: 'off' });
  await store.close();
  const database = new DatabaseSync(join(folder, 'millrace.db'));
  database.exec('insert into segments (id, bytes, opened_at, sealed) values (1, 9, 1, 0)');
  database.close();
  writeFileSync(join(folder, 'segments', '1.seg'), 'some text');
});
afterEach(() => rmSync(folder, { recursive: true }));

const nowhere = 'http://127.0.0.1:1';

async function findings(url: string): Promise<{ readonly code: number; readonly found: readonly Finding[] }> {
  const args = ['--data', folder, '--config', join(folder, 'none.ts'), '--json'];
  const { code, stdout } = await runCommand(doctorCommand, args, { url });
  return { code, found: (JSON.parse(stdout) as { findings: Finding[] }).findings };
}

test('a sound store is told as such beside whoever works on it; what is not there is skipped', async () => {
  const store = await openSqlite({ folder, inPlace: true, synchronous: 'off' });
  const { found } = await findings(nowhere);
  await store.close();
  expect(found).toContainEqual(expect.objectContaining({ what: 'store', status: 'ok' }));
  expect(found).toContainEqual(expect.objectContaining({ what: 'config', status: 'skip' }));
  expect(found).toContainEqual(expect.objectContaining({ what: 'master', status: 'skip' }));
});

test('a segment that was cut is told, with what to do, and the command fails', async () => {
  truncateSync(join(folder, 'segments', '1.seg'), 3);
  const { code, found } = await findings(nowhere);
  expect(code).toBe(1);
  expect(found).toContainEqual(
    expect.objectContaining({
      what: 'store',
      status: 'fail',
      detail: expect.stringContaining('1.seg has 3 bytes'),
    }),
  );
  const { stdout } = await runCommand(doctorCommand, ['--data', folder], { url: nowhere });
  expect(stdout).toMatch(/✗ fail +store +segments\/1\.seg has 3 bytes.*restore the last backup/u);
});

test('the master is asked, and tells of its workers', async () => {
  await using master = await ScriptedMaster.start(({ path }) => {
    if (path === '/readyz') return { status: 'ok', message: '' };
    if (path === '/openapi.json') return { info: { version: '99' } };
    return { items: [{ name: 'away', connected: false, silent: true, heardAt: null }] };
  });
  const { code, found } = await findings(master.url);
  expect(code).toBe(1);
  expect(found).toContainEqual(expect.objectContaining({ what: 'master', status: 'ok' }));
  expect(found).toContainEqual(expect.objectContaining({ what: 'version', status: 'warn' }));
  expect(found).toContainEqual(expect.objectContaining({ what: 'worker away', status: 'fail' }));
});
