import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { Build, Step } from '@millrace/protocol/api/builds';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { freePort } from './harness/free-port.ts';
import { kill9, processesWith } from './harness/processes.ts';
import { TestRepository } from './harness/test-repository.ts';
import { until } from './harness/until.ts';

/*
 * `millrace up`, which is `npm start`: interrupted, it cancels and queues again; killed, it costs nothing.
 */
const millrace = path.resolve(import.meta.dirname, '../packages/cli/bin/millrace.js');

let folder: string;
let port: number;
let repository: TestRepository;

beforeEach(async () => {
  folder = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'millrace-up-')));
  port = await freePort();
  repository = new TestRepository(path.join(folder, 'repository'));
  // The step counts its starts, waits for the gate, and says so.
  const line = `echo started >> "${folder}/starts"; while [ ! -e "${folder}/gate" ]; do sleep 0.1; done; echo through`;
  fs.writeFileSync(
    path.join(folder, 'millrace.config.ts'),
    `import { builder, checkout, defineConfig, repository, sh, worker } from 'millrace';
     export default defineConfig({
       repositories: [repository({ name: 'app', git: './repository', branches: ['main'] })],
       workers: [worker({ name: 'local' })],
       builders: [builder({
         name: 'check', repository: 'app', workers: ['local'],
         steps: () => [checkout(), sh(${JSON.stringify(line)}, { killGraceMs: 500 })],
       })],
     });`,
  );
});

afterEach(() => {
  for (const { pid } of processesWith(folder)) kill9(pid);
  fs.rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
});

function up(...args: readonly string[]): {
  child: ChildProcess;
  ended: Promise<number | null>;
  said: () => string;
} {
  const where = ['--port', String(port), '--data', path.join(folder, 'data')];
  const child = spawn(process.execPath, [millrace, 'up', ...where, ...args], { cwd: folder });
  let said = '';
  child.stdout.on('data', (bytes: Buffer) => (said += bytes.toString()));
  child.stderr.on('data', (bytes: Buffer) => (said += bytes.toString()));
  const ended = new Promise<number | null>((resolve) => {
    child.on('close', resolve);
  });
  return { child, ended, said: () => said };
}

async function builds(): Promise<readonly Build[]> {
  const response = await fetch(`http://127.0.0.1:${port}/api/v1/builds`).catch(() => undefined);
  if (!response?.ok) return [];
  return ((await response.json()) as { items: Build[] }).items.toReversed();
}

const starts = () =>
  fs.existsSync(path.join(folder, 'starts'))
    ? fs.readFileSync(path.join(folder, 'starts'), 'utf8').length / 8
    : 0;

test('an interrupt cancels what runs and queues it once for the next start; nothing is left running', async () => {
  const first = up('--force', 'check');
  await until('the step runs', () => starts() === 1, 60_000);
  first.child.kill('SIGINT');
  expect(await first.ended, first.said()).toBe(0);
  expect(processesWith(folder)).toEqual([]);

  fs.writeFileSync(path.join(folder, 'gate'), '');
  const second = up('--force', 'check');
  const done = await until('the second build is finished', async () => {
    const [cancelled, again, ...more] = await builds();
    return again?.state === 'finished' ? { cancelled, again, more } : undefined;
  });
  expect(done.cancelled).toMatchObject({ state: 'finished', result: 'cancelled', reason: 'master-stopped' });
  expect(done.again).toMatchObject({ result: 'success', revision: repository.head(), number: 2 });
  expect(done.again.request).toBe(done.cancelled?.request);
  expect(done.more).toEqual([]);
  expect(second.said()).toContain('waits already');
  second.child.kill('SIGINT');
  expect(await second.ended, second.said()).toBe(0);
  expect(processesWith(folder)).toEqual([]);
});

test('after a kill -9 the next start takes up what still runs', async () => {
  const first = up('--force', 'check');
  await until('the step runs', () => starts() === 1, 60_000);
  first.child.kill('SIGKILL');
  await first.ended;

  const second = up();
  await until('the master is there again', async () => (await builds()).length > 0, 60_000);
  fs.writeFileSync(path.join(folder, 'gate'), '');
  const [build] = await until('the build is finished', async () => {
    const all = await builds();
    return all[0]?.state === 'finished' ? all : undefined;
  });
  expect(build).toMatchObject({ result: 'success', number: 1 });
  expect(starts()).toBe(1);
  const steps = await fetch(`http://127.0.0.1:${port}/api/v1/builds/${build?.id}/steps`);
  const { items } = (await steps.json()) as { items: Step[] };
  expect(items.map(({ result }) => result)).toEqual(['success', 'success']);
  second.child.kill('SIGINT');
  expect(await second.ended, second.said()).toBe(0);
  expect(processesWith(folder)).toEqual([]);
});

test('a port in use and a data folder in use are told as such', async () => {
  const first = up();
  await until('the first one is there', () => first.said().includes('the pages are on'), 60_000);
  const sameFolder = up();
  expect(await sameFolder.ended).toBe(1);
  expect(sameFolder.said()).toContain('is in use by another master');
  const samePort = up('--data', path.join(folder, 'other'));
  expect(await samePort.ended).toBe(1);
  expect(samePort.said()).toContain(`The port ${port} on 127.0.0.1 is in use`);
  first.child.kill('SIGINT');
  expect(await first.ended, first.said()).toBe(0);
});
