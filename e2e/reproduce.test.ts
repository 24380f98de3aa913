import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Plan, PlannedStep } from '@millrace/protocol/plan';
import { runCommand } from '../packages/cli/test/run-command.ts';
import { detail, step } from '../packages/cli/test/rows.ts';
import { problem, ScriptedMaster } from '../packages/cli/test/scripted-master.ts';
import { reproduceCommand } from '../packages/cli/src/commands/reproduce.ts';

/*
 * `millrace reproduce` with real commands, against a master that answers from a script.
 */
let folder: string;
beforeEach(() => {
  folder = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'cli-reproduce-')));
});
afterEach(() => fs.rmSync(folder, { recursive: true, force: true, maxRetries: 5 }));

const sh = (name: string, line: string, more: object = {}): PlannedStep => ({
  kind: 'sh',
  name,
  command: { line },
  separateStreams: false,
  folder: '',
  limits: {},
  killGraceMs: 500,
  logBytesMax: 1_000_000,
  env: {},
  always: false,
  ...more,
});

const plan: Plan = {
  version: 1,
  properties: { colour: 'blue' },
  env: {},
  steps: [
    sh('build', 'echo "$MILLRACE_PROP_COLOUR of $MILLRACE_BUILD" > built'),
    sh('test', 'cat built; echo "error: no" >&2; exit 3'),
    sh('publish', 'echo published'),
  ],
  onSilence: 'retry',
  lostAfterMs: 120_000,
};

const facts = {
  os: 'plan9',
  architecture: 'mips',
  hostname: 'h',
  cpus: 999,
  memoryBytes: 1,
  version: '9.9.9',
};

function master(recorded: object, steps = ['success', 'failure', 'skipped'] as const) {
  return ScriptedMaster.start((call, response) => {
    const named = ['build', 'test', 'publish'] as const;
    if (call.path === '/builds/17')
      return detail({
        workerFacts: facts,
        steps: named.map((name, index) => step({ index, name, result: steps[index] ?? 'skipped' })),
      });
    if (call.path === '/builds/17/plan')
      return { build: 17, builder: 'linux', number: 4, generation: 'g', hash: 'h', plan: recorded };
    return problem(response, 404, 'not-found', 'There is none.');
  });
}

const reproduce = (url: string, ...args: string[]) =>
  runCommand(reproduceCommand, ['17', '--data', path.join(folder, 'data'), ...args], { url });

test('runs the recorded plan up to the step that failed, says what differs, and keeps the folder', async () => {
  await using scripted = await master(plan);
  const ran = await reproduce(scripted.url);
  expect(ran.code, ran.stderr).toBe(1);
  expect(ran.stdout).toContain('blue of 17\nerror: no\n✗ test');
  expect(ran.stdout).not.toContain('publish');
  expect(ran.stderr).toContain('operating system: plan9 there');
  expect(ran.stderr).toContain('it fails here as it did there, in "test"');
  const [, kept = ''] = /cd (\S+)\n/u.exec(ran.stderr) ?? [];
  expect(fs.readFileSync(path.join(kept, 'built'), 'utf8')).toBe('blue of 17\n');
});

test('says so where it succeeds here, and runs all of it where asked', async () => {
  const mended = {
    ...plan,
    steps: plan.steps.map((one) => (one.name === 'test' ? sh('test', 'true') : one)),
  };
  await using scripted = await master(mended);
  const ran = await reproduce(scripted.url, '--all');
  expect(ran).toMatchObject({ code: 0 });
  expect(ran.stdout).toContain('published');
  expect(ran.stderr).toContain('it succeeds here: what made "test" fail there');
});

test('names the secrets that are missing before anything runs', async () => {
  const secret = {
    ...plan,
    secrets: ['npm'],
    steps: [sh('x', 'echo ran', { env: { T: [{ secret: 'npm' }] } })],
  };
  await using scripted = await master(secret);
  const ran = await reproduce(scripted.url);
  expect(ran).toMatchObject({ code: 3, stdout: '' });
  expect(ran.stderr).toContain('npm: set MILLRACE_SECRET_NPM');
});

test('refuses a plan of a later version, a source of another machine, and a shell without a terminal', async () => {
  await using later = await master({ version: 2 });
  expect((await reproduce(later.url)).stderr).toContain('is of a later version');
  const source = { repository: 'app', url: '/nowhere/app', branch: 'main', revision: 'a'.repeat(40) };
  await using elsewhere = await master({ ...plan, source });
  const ran = await reproduce(elsewhere.url);
  expect(ran).toMatchObject({ code: 2 });
  expect(ran.stderr).toContain('name one with --source');
  expect((await reproduce(elsewhere.url, '--shell')).stderr).toContain('it wants a terminal');
});
