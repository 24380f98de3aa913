import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { expect, test } from 'vitest';
import { runCommand } from '../../test/run-command.ts';
import { dfCommand } from './df.ts';

test('shows the volume of a path that does not exist yet', async () => {
  const ran = await runCommand(dfCommand, [path.join(os.tmpdir(), 'not', 'yet')]);
  expect(ran).toMatchObject({ code: 0, stderr: '' });
  const [head, row] = ran.stdout.split('\n');
  expect(head).toMatch(/^Filesystem +Size +Used +Avail +Use% +Mounted on$/);
  expect(row).toMatch(/[\d.]+[KMGTPE]? +[\d.]+[KMGTPE]? +[\d.]+[KMGTPE]? +\d+% +\//);
});

test('without a path shows each volume once, with the figures of df', async () => {
  const ran = await runCommand(dfCommand, ['--json']);
  const rows = JSON.parse(ran.stdout) as { mountedOn: string; totalBytes: number; type: string }[];
  const mounts = rows.map((row) => row.mountedOn);
  expect(new Set(mounts).size).toBe(mounts.length);
  expect(rows.every((row) => row.totalBytes > 0)).toBe(true);
  const asked = spawnSync('df', ['-B1', '--output=size', '/'], { encoding: 'utf8' });
  const total = Number(asked.stdout?.split('\n')[1]);
  if (process.platform === 'linux') expect(rows.find((row) => row.mountedOn === '/')?.totalBytes).toBe(total);
});

test('a path that cannot be measured is told, and the others are still shown', async () => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'df-'));
  try {
    fs.symlinkSync('loop', path.join(folder, 'loop'));
    const ran = await runCommand(dfCommand, ['--json', path.join(folder, 'loop'), folder]);
    expect(ran.code).toBe(1);
    expect(ran.stderr).toContain('a loop of symbolic links');
    expect(JSON.parse(ran.stdout)).toMatchObject([{ path: folder, measuredPath: folder, suspect: [] }]);
  } finally {
    fs.rmSync(folder, { recursive: true });
  }
});

test('an unknown option is wrong usage', async () => {
  expect((await runCommand(dfCommand, ['--inodes'])).code).toBe(2);
  const help = await runCommand(dfCommand, ['--help']);
  expect(help.code).toBe(0);
  expect(help.stdout).toContain('Exit codes');
});
