import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { Forced } from '@millrace/protocol/api/builds';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { startMaster } from './main.ts';
import type { MasterOptions, RunningMaster } from './main.ts';

let folder: string;
const started: RunningMaster[] = [];

beforeEach(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'millrace-master-'));
  write(`defineConfig({
    workers: [worker({ name: 'local' })],
    builders: [builder({ name: 'hello', workers: ['local'], steps: () => [sh('echo hello')] })],
  })`);
});
afterEach(async () => {
  for (const master of started.splice(0)) await master.close();
  fs.rmSync(folder, { recursive: true });
});

function write(config: string): void {
  const head = "import { builder, defineConfig, sh, token, worker } from 'millrace';";
  fs.writeFileSync(path.join(folder, 'millrace.config.ts'), `${head}\nexport default ${config};\n`);
}

async function start(options: Partial<MasterOptions> = {}): Promise<RunningMaster> {
  const master = await startMaster({
    configFile: path.join(folder, 'millrace.config.ts'),
    dataFolder: path.join(folder, 'data'),
    host: '127.0.0.1',
    port: 0,
    pagesFolder: path.join(folder, 'pages'),
    log: () => {},
    onDeath: (error) => {
      throw error;
    },
    storeInPlace: true,
    ...options,
  });
  started.push(master);
  return master;
}

it('can be reached when it has started, and keeps what it was asked over a restart', async () => {
  const first = await start();
  expect((await fetch(`${first.url}/readyz`)).status).toBe(200);
  const forced = await first.force('hello');
  expect(forced?.requests).toHaveLength(1);
  await first.close();
  const second = await start();
  const found = await fetch(`${second.url}/api/v1/requests/${forced?.requests[0]}`);
  expect(await found.json()).toMatchObject({ builder: 'hello', state: 'pending' });
});

it('says which builders there are when it is asked for one that there is not', async () => {
  const master = await start();
  await expect(master.force('helo')).rejects.toThrow('There is no builder "helo"; did you mean "hello"?');
});

it('refuses to start where another master has the data folder or the port, and leaves nothing behind', async () => {
  const first = await start();
  await expect(start()).rejects.toMatchObject({ code: 'folder-in-use' });
  const port = Number(new URL(first.url).port);
  const elsewhere = { dataFolder: path.join(folder, 'other') };
  await expect(start({ ...elsewhere, port })).rejects.toMatchObject({
    code: 'port-in-use',
    message: expect.stringContaining(`The port ${port} on 127.0.0.1 is in use`),
  });
  expect((await start(elsewhere)).url).not.toBe(first.url);
});

it('refuses any address but loopback without tokens', async () => {
  await expect(start({ host: '0.0.0.0' })).rejects.toMatchObject({
    code: 'tokens-needed',
    message: expect.stringContaining('millrace token'),
  });
});

it('wants a token where the config has one', async () => {
  write(`defineConfig({
    workers: [worker({ name: 'local' })],
    builders: [builder({ name: 'hello', workers: ['local'], steps: () => [sh('echo hello')] })],
    tokens: [token({ name: 'ann', hash: 'sha256:${'0'.repeat(64)}', scopes: ['read'] })],
  })`);
  const master = await start();
  expect((await fetch(`${master.url}/api/v1/builds`)).status).toBe(401);
  expect((await master.force('hello')) satisfies Forced | null).toMatchObject({ buildset: 1 });
});

it('ends what it does not give out any more when it drains', async () => {
  const master = await start();
  expect(await master.drain(new AbortController().signal)).toBe(0);
  expect((await fetch(`${master.url}/readyz`)).status).toBe(503);
});
