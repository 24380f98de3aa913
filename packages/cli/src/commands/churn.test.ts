import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { runCommand } from '../../test/run-command.ts';
import { churnCommand } from './churn.ts';
import { progressText } from './churn-progress.ts';

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'cli-churn-'));
afterAll(() => fs.rmSync(folder, { recursive: true, force: true }));

/** One commit, on the second of January 2026: the commands of this file run on the day it was made. */
beforeAll(() => {
  const who = 'A <a@example.org> 1767312000 +0000';
  const input = `commit refs/heads/main\nauthor ${who}\ncommitter ${who}\ndata 1\nc\nM 100644 inline src/a\ndata 4\na\nb\n\n`;
  execFileSync('git', ['init', '--quiet', '--initial-branch=main', folder]);
  execFileSync('git', ['fast-import', '--quiet'], { cwd: folder, input });
});

const churn = (...args: string[]) => runCommand(churnCommand, args);

test('prints a table of the last year by default, without progress where nobody watches', async () => {
  const ran = await churn(folder);
  expect(ran).toMatchObject({ code: 0, stderr: '' });
  expect(ran.stdout).toContain('1 repository, 2025-01-03 to 2026-01-03 (365 days, UTC)');
  expect(ran.stdout).toContain('2 - 0 = 2 - 0 = 2  (reconciles)');
});

test('prints JSON, CSV or a page, to a file where one is named', async () => {
  const json = await churn(folder, '--json', '--by', 'author,month', '--by', 'directory');
  expect(JSON.parse(json.stdout)).toMatchObject({
    total: { linesAtEnd: 2, added: 2, changesets: 1 },
    byAuthor: { authors: [{ author: 'A', added: 2 }] },
    byDirectory: [{ directory: 'src', linesAtEnd: 2 }],
  });
  expect((await churn(folder, '--csv')).stdout).toMatch(/^row,name,.*\r\nrepository,/);
  const file = path.join(folder, 'churn.html');
  expect(await churn(folder, '--html', '--survival', '-o', file)).toMatchObject({ code: 0, stdout: '' });
  expect(fs.readFileSync(file, 'utf8')).toMatch(/^<!doctype html>/);
});

test('draws progress on a terminal, and leaves its line empty', async () => {
  const { stderr } = await runCommand(churnCommand, [folder], { terminal: true });
  expect(stderr).toContain(': following the history');
  expect(stderr.endsWith('\r\u001b[K')).toBe(true);
});

test('progress says where it is in as many columns as there are', () => {
  const step = {
    repository: '/a/r',
    index: 1,
    repositories: 3,
    phase: 'history',
    done: 1,
    total: 4,
  } as const;
  const bar = '#'.repeat(6) + ' '.repeat(18);
  expect(progressText(step, 80)).toBe(`[${bar}]  25%  2/3 r: following the history`);
  const unknown = { ...step, phase: 'import', done: 12, total: 0, repositories: 1 } as const;
  expect(progressText(unknown, 80)).toBe(`[${' '.repeat(24)}]   12  r: reading Mercurial`);
  expect(Array.from(progressText(step, 20))).toHaveLength(20);
});

test.each([
  [['--since', 'yesterday'], 'since: expected a date'],
  [['--since', '2026-01-02', '--until', '2025-01-01'], 'must be before until'],
  [['--branch', 'absent'], 'no branch or tag "absent"'],
  [['--time-zone', 'Mars'], 'time zone "Mars"'],
  [['--json', '--csv'], 'give one of'],
  [['--by', 'week'], 'It must be among repository, author'],
  [['--exclude', '@all'], 'known groups are'],
])('%j is wrong usage, and is told why', async (args, why) => {
  const ran = await churn(folder, ...args);
  expect(ran).toMatchObject({ code: 2, stdout: '' });
  expect(ran.stderr).toContain(why);
});

test('a page is not poured over a terminal, what is no repository is told', async () => {
  const page = await runCommand(churnCommand, [folder, '--html'], { terminal: true });
  expect(page).toMatchObject({ code: 2, stdout: '' });
  expect(await churn(os.tmpdir())).toMatchObject({ code: 2, stdout: '' });
  expect((await churn()).code).toBe(2);
});

test('a file that cannot be written is a failure', async () => {
  const ran = await churn(folder, '-o', path.join(folder, 'absent', 'file'));
  expect(ran).toMatchObject({ code: 1, stdout: '' });
  expect(ran.stderr).toContain('ENOENT');
});
