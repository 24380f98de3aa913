import { execFileSync, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';

/*
 * The commands that need no master, as a person at a shell has them.
 */
const millrace = path.resolve(import.meta.dirname, '../packages/cli/bin/millrace.js');
let folder: string;

beforeEach(() => {
  folder = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'millrace-command-')));
});
afterEach(() => fs.rmSync(folder, { recursive: true }));

function run(...args: readonly string[]) {
  return spawnSync(process.execPath, [millrace, ...args], { cwd: folder, encoding: 'utf8' });
}

test('init writes a config that check finds good, and that the compiler knows by what lies beside it', () => {
  expect(run('init')).toMatchObject({ status: 1, stderr: expect.stringContaining('git init') });
  execFileSync('git', ['init', '--quiet', '--initial-branch=trunk', folder]);
  fs.writeFileSync(path.join(folder, 'Makefile'), 'all:\n\techo done\n');
  const first = run('init');
  expect(first, first.stderr).toMatchObject({ status: 0 });
  const config = fs.readFileSync(path.join(folder, 'millrace.config.ts'), 'utf8');
  expect(first.stdout).toContain('Nothing is committed yet');
  expect(config).toContain("branches: ['trunk']");
  expect(config).toContain("sh('make')");
  const checked = run('check');
  expect(checked, checked.stderr).toMatchObject({
    status: 0,
    stdout: expect.stringContaining('all is well'),
  });

  const tsc = path.resolve(import.meta.dirname, '../node_modules/.bin/tsc');
  const compile = () =>
    spawnSync(tsc, ['--noEmit', '--strict', '--ignoreConfig', 'millrace.config.ts'], {
      cwd: folder,
      encoding: 'utf8',
    });
  expect(compile()).toMatchObject({ status: 0, stdout: '' });
  fs.writeFileSync(
    path.join(folder, 'millrace.config.ts'),
    config.replace('checkout()', 'checkout({ foldr: "x" })'),
  );
  expect(compile().stdout).toContain("Did you mean to write 'folder'?");

  const second = run('init');
  expect(second).toMatchObject({ status: 1, stderr: expect.stringContaining('writes over nothing') });
  expect(run('init', '--types')).toMatchObject({ status: 0 });
  const dry = run('init', '--dry-run');
  expect(dry).toMatchObject({ status: 0, stdout: config });
  expect(dry.stderr).toContain('Nothing is committed yet');
  expect(run('init', '--dry-run', '--kind', 'rust')).toMatchObject({
    status: 1,
    stderr: expect.stringContaining('There is no rust project'),
  });
});

test('check tells all that is wrong with a config, with paths', () => {
  fs.writeFileSync(
    path.join(folder, 'millrace.config.ts'),
    `import { builder, defineConfig, sh, worker } from 'millrace';
     export default defineConfig({
       workers: [worker({ name: 'a' }), worker({ name: 'a' })],
       builders: [
         builder({ name: 'x', workers: ['b'], priority: 'high' as never, steps: () => [sh('true')] }),
       ],
     });`,
  );
  const checked = run('check', '--json');
  expect(checked.status).toBe(1);
  const { problems } = JSON.parse(checked.stdout) as { problems: { path: string; message: string }[] };
  expect(problems.map((one) => one.path)).toEqual([
    'builders[0].priority',
    'workers[1].name',
    'builders[0].workers[0]',
  ]);
  expect(run('check').stderr).toContain('builders[0].workers[0]: unknown worker "b"; did you mean "a"?');
  expect(run('check', '--config', 'none.ts')).toMatchObject({
    status: 1,
    stderr: expect.stringContaining('millrace init'),
  });
});

test('token prints a fresh token and the hash that the config keeps of it', () => {
  const [one, two] = [run('token', '--json'), run('token', '--json')].map(
    ({ stdout }) => JSON.parse(stdout) as { token: string; hash: string },
  );
  expect(one?.hash).toMatch(/^sha256:[0-9a-f]{64}$/);
  expect(one?.token).not.toBe(two?.token);
});

test('wrong usage ends with 2, help with 0', () => {
  for (const args of [['nonsense'], ['up', '--port', 'x'], ['check', '--nonsense'], ['force']])
    expect(run(...args), args.join(' ')).toMatchObject({ status: 2 });
  expect(run('--help')).toMatchObject({ status: 0, stdout: expect.stringContaining('millrace up') });
  expect(run('check', '--help')).toMatchObject({ status: 0 });
});

test('on an older Node the command goes on with the one that the project brings', () => {
  const old = ['/usr/bin/node', '/usr/local/bin/node'].find(
    (file) =>
      fs.existsSync(file) &&
      Number(execFileSync(file, ['-p', 'process.versions.node']).toString().split('.')[0]) < 24,
  );
  if (old === undefined) return;
  const { stdout, status } = spawnSync(old, [millrace, 'token'], { cwd: folder, encoding: 'utf8' });
  expect(status).toBe(0);
  expect(stdout).toContain('sha256:');
});
