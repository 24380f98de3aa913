import { spawn } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { runCommand as runInProcess } from '../packages/cli/test/run-command.ts';
import { runCommand } from '../packages/cli/src/commands/run.ts';
import { kill9, processesWith } from './harness/processes.ts';
import { TestRepository } from './harness/test-repository.ts';
import { until } from './harness/until.ts';

/*
 * `millrace run` on a working copy, with real commands and without a master.
 */
const millrace = path.resolve(import.meta.dirname, '../packages/cli/bin/millrace.js');

let folder: string;
let repository: TestRepository;
beforeEach(() => {
  folder = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'millrace-run-')));
  repository = new TestRepository(path.join(folder, 'app'));
});
afterEach(() => {
  for (const { pid } of processesWith(folder)) kill9(pid);
  fs.rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
});

const options = () => ['--data', path.join(folder, 'data')];

/** In this process: starting one takes longer than what is looked at. */
function run(...more: readonly string[]) {
  const config = path.join(repository.folder, 'millrace.config.ts');
  return runInProcess(runCommand, [...more, ...options(), '--config', config]);
}

function write(name: string, text: string): void {
  fs.writeFileSync(path.join(repository.folder, name), text);
}

/** The source of the steps after the checkout. */
function configure(steps: string): void {
  repository.commit('Build it', {
    '.gitignore': 'made\n',
    'millrace.config.ts': `import { builder, checkout, defineConfig, repository, secret, sh, worker } from 'millrace';
export default defineConfig({
  repositories: [repository({ name: 'app', git: '.', branches: ['main'] })],
  workers: [worker({ name: 'local' })],
  secrets: { deploy: { env: 'NOBODY_SETS_THIS' } },
  builders: [builder({ name: 'check', repository: 'app', workers: ['local'],
    steps: (build) => [checkout(), ${steps}] })],
});`,
  });
}

test('what is not committed is built, in a copy; later steps alone find what earlier ones made', async () => {
  configure(
    `sh('echo "$MILLRACE_PROP_COLOUR $MILLRACE_BRANCH" > made', { name: 'make' }), sh('cat made note', { name: 'show' })`,
  );
  write('note', 'one\n');
  const whole = await run('check', '--property', 'colour=blue', '--branch', 'topic');
  expect(whole, whole.stderr).toMatchObject({ code: 0 });
  expect(whole.stdout).toContain('blue topic\none\n');
  expect(fs.existsSync(path.join(repository.folder, 'made'))).toBe(false);

  write('note', 'two\n');
  const partly = await run('--from', 'show');
  expect(partly.stdout).toContain('blue topic\ntwo\n');
  expect(partly.stdout).not.toContain('◐ make');
});

test('in place, the steps work on what lies there and nothing is cleaned', async () => {
  configure(`sh('cat note && echo here > made', { name: 'make' })`);
  write('note', 'mine\n');
  const ran = await run('--in-place', '--json');
  expect(ran, ran.stderr).toMatchObject({ code: 0 });
  const lines = ran.stdout.trim().split('\n');
  expect(JSON.parse(lines.at(-1) ?? '')).toMatchObject({ kind: 'build-finished', result: 'success' });
  expect(fs.readFileSync(path.join(repository.folder, 'made'), 'utf8')).toBe('here\n');
  expect(fs.readFileSync(path.join(repository.folder, 'note'), 'utf8')).toBe('mine\n');
});

test('the exit code is the result; a secret that is missing is named before anything runs', async () => {
  configure(`sh('exit 7', { name: 'fail' }), sh('true', { env: { T: secret('deploy') } })`);
  expect(await run('--step', 'fail')).toMatchObject({
    code: 1,
    stdout: expect.stringContaining('exit code 7'),
  });
  const missing = await run();
  expect(missing).toMatchObject({ code: 3, stdout: '' });
  expect(missing.stderr).toContain('deploy: set MILLRACE_SECRET_DEPLOY');
  expect(await run('--step', 'nothing')).toMatchObject({ code: 2 });
  expect(await run('nobody')).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('the config has check'),
  });
});

test('an interrupt ends every process that was started, and says so', async () => {
  const marker = path.join(folder, 'started');
  configure(
    `sh('trap "" TERM; (setsid sleep 1000 &) ; echo > ${marker}; sleep 1000', { name: 'wait', killGraceMs: 100 })`,
  );
  const child = spawn(process.execPath, [millrace, 'run', ...options()], { cwd: repository.folder });
  let said = '';
  child.stdout.on('data', (bytes: Buffer) => (said += bytes.toString()));
  child.stderr.on('data', (bytes: Buffer) => (said += bytes.toString()));
  const ended = new Promise<number | null>((resolve) => {
    child.on('close', resolve);
  });
  await until('the step runs', () => fs.existsSync(marker), 60_000);
  child.kill('SIGINT');
  expect(await ended, said).toBe(3);
  expect(said).toContain('It was interrupted.');
  expect(processesWith(path.join(folder, 'data'))).toEqual([]);
});
