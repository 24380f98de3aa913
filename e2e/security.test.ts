import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import { get } from 'node:https';
import type { IncomingMessage } from 'node:http';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { testCertificate } from '@millrace/testkit/test-certificate';
import { TestBrowser } from './harness/browser.ts';
import { bytesIn, filesBelow } from './harness/files-below.ts';
import { kill9, processesWith } from './harness/processes.ts';
import { millrace, runMillrace } from './harness/run-millrace.ts';
import { TestRepository } from './harness/test-repository.ts';
import { until } from './harness/until.ts';

/*
 * A master that others reach, as the guide has it: TLS by files, a token for each caller and worker, a worker that
 * calls it by a name, a builder that the public sees.
 */

interface Made {
  readonly token: string;
  readonly config: string;
}

let folder: string;
let url: string;
let caller: Made;
let worker: Made;
const children: ChildProcess[] = [];
/** Processes take their time on a machine that has much to do. */
const startMs = 90_000;
const authority = testCertificate({ name: 'an authority', authority: true });
const certificate = testCertificate({ name: 'master', issuer: authority, hosts: ['localhost'] });
const at = (name: string): string => path.join(folder, name);

async function makeToken(...args: readonly string[]): Promise<Made> {
  const { stdout } = await runMillrace(folder, ['token', '--json', ...args]);
  return JSON.parse(stdout) as Made;
}

function configText(): string {
  return `
import { builder, checkout, defineConfig, repository, sh, token, worker } from 'millrace';
export default defineConfig({
  publicRead: true,
  repositories: [repository({ name: 'app', git: './repository' })],
  workers: [${worker.config}],
  tokens: [${caller.config}],
  builders: [
    builder({ name: 'shown', repository: 'app', workers: ['far'], visibility: 'public', steps: () => [checkout(), sh('echo seen by all'), sh('echo for us', { visibility: 'private' })] }),
    builder({ name: 'hidden', workers: ['far'], steps: () => [sh('true')] }),
  ],
});
`;
}

function start(name: string, args: readonly string[]): ChildProcess {
  const out = fs.openSync(at(`${name}.out`), 'a');
  const child = spawn(process.execPath, [millrace, ...args], { cwd: folder, stdio: ['ignore', out, out] });
  fs.closeSync(out);
  children.push(child);
  return child;
}

const output = (name: string): string => fs.readFileSync(at(`${name}.out`), 'utf8');

function startWorker(name: string): ChildProcess {
  const master = url.replace('https:', 'wss:');
  const secrets = ['--token-file', at('token'), '--ca-file', at('ca.pem')];
  return start(name, ['worker', '--master', master, '--name', 'far', '--data', at(name), ...secrets]);
}

/** The JSON of a call's answer, over a line that is believed for its authority alone. */
async function ask(
  route: string,
  token?: string,
): Promise<{ readonly status: number; readonly body: never }> {
  const headers = {
    accept: 'application/json',
    ...(token !== undefined && { authorization: `Bearer ${token}` }),
  };
  const request = get(`${url}/api/v1${route}`, { ca: authority.cert, headers, agent: false });
  const [response] = (await once(request, 'response')) as [IncomingMessage];
  let text = '';
  for await (const part of response.setEncoding('utf8')) text += part as string;
  return { status: response.statusCode ?? 0, body: JSON.parse(text) as never };
}

function command(
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): ReturnType<typeof runMillrace> {
  const usual = { MILLRACE_URL: url, MILLRACE_TOKEN: caller.token, MILLRACE_CA_FILE: at('ca.pem') };
  return runMillrace(folder, args, { ...usual, ...env });
}

beforeAll(async () => {
  folder = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'millrace-security-')));
  void new TestRepository(at('repository'));
  [caller, worker] = await Promise.all([
    makeToken('--caller', 'ann', '--expires', '2999-01-31'),
    makeToken('--worker', 'far'),
  ]);
  fs.writeFileSync(at('millrace.config.ts'), configText());
  fs.writeFileSync(at('cert.pem'), certificate.cert);
  fs.writeFileSync(at('key.pem'), certificate.key);
  fs.writeFileSync(at('ca.pem'), authority.cert);
  fs.writeFileSync(at('token'), `${worker.token}\n`, { mode: 0o600 });
  start('master', ['master', '--port', '0', '--tls-cert', 'cert.pem', '--tls-key', 'key.pem']);
  const port = await until(
    'the master listens',
    () => /https:\/\/127\.0\.0\.1:(\d+)/u.exec(output('master'))?.[1],
    startMs,
  );
  url = `https://localhost:${port}`;
  startWorker('worker');
  const isConnected = (): boolean => output('worker').includes('Connected to the master');
  await until('the worker is connected', isConnected, startMs);
});
afterAll(async () => {
  const ends = children.map((child) => (child.exitCode === null ? once(child, 'exit') : Promise.resolve()));
  for (const child of children) child.kill('SIGTERM');
  await Promise.race([Promise.all(ends), new Promise((resolve) => setTimeout(resolve, 10_000))]);
  for (const { pid } of processesWith(folder)) kill9(pid);
  fs.rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
});

describe('a master that others reach', () => {
  test('builds on a worker that calls it over TLS with its token, for a caller who does so too', async () => {
    const forced = await command(['force', 'shown', '--wait']);
    expect([forced.stderr, forced.status]).toEqual([expect.any(String), 0]);
    expect((await command(['force', 'hidden', '--wait'])).status).toBe(0);
  });

  test('tells who does not know its authority, or has no token, what to do', async () => {
    const unknown = await command(['builds'], { MILLRACE_CA_FILE: '' });
    expect([unknown.status, unknown.stderr]).toEqual([4, expect.stringContaining('MILLRACE_CA_FILE')]);
    const elsewhere = await command(['builds'], { MILLRACE_URL: url.replace('localhost', '127.0.0.1') });
    expect([elsewhere.status, elsewhere.stderr]).toEqual([4, expect.stringContaining('is for another name')]);
    const wrong = await command(['workers', '--json'], { MILLRACE_TOKEN: 'mr_wrong' });
    expect(wrong.status).not.toBe(0);
    expect(wrong.stderr).toContain('millrace token');
  });

  test('shows the public what is public, by the API and on the pages', async () => {
    expect((await ask('/builds')).body).toMatchObject({ items: [{ builder: 'shown', result: 'success' }] });
    expect((await ask('/workers')).status).toBe(401);
    expect((await ask('/builds', caller.token)).body).toMatchObject({
      items: [{ builder: 'hidden' }, { builder: 'shown' }],
    });
    await using browser = await TestBrowser.start();
    const page = await browser.page({ ignoreHTTPSErrors: true });
    await page.goto(`${url}/`);
    const row = page.locator('[data-row][data-build]').first();
    await row.waitFor();
    expect(await page.locator('[data-row][data-build]').count()).toBe(1);
    await row.click();
    await page.getByRole('heading', { name: 'shown #1' }).waitFor();
    await page.getByRole('log').getByText('seen by all').waitFor();
    expect(await page.textContent('main')).not.toContain('for us');
  });

  test('refuses a second machine of one name, and both logs tell of it', async () => {
    startWorker('second');
    const isRefused = (): boolean => output('second').includes('Another machine is the worker "far"');
    await until('the second is refused', isRefused, startMs);
    const isTold = (): boolean => output('worker').includes('wanted to be the worker "far" too');
    await until('the first is told', isTold, startMs);
    expect(output('master')).toContain('wanted to be the worker "far" too');
    const refused = await ask('/events?type=worker.refused', caller.token);
    expect(refused.body).toMatchObject({ items: [{ worker: 'far', data: { code: 'name-taken' } }] });
  });

  test('writes no token down but where the worker keeps its own, and no list of processes shows one', () => {
    const tokens = [worker.token, caller.token];
    const holding = filesBelow(folder).filter((file) => {
      const text = bytesIn(at(file));
      return tokens.some((token) => text.includes(token));
    });
    expect(holding.toSorted()).toEqual(['second/agent.json', 'token', 'worker/agent.json']);
    expect(fs.statSync(at('worker/agent.json')).mode & 0o077).toBe(0);
    const shown = processesWith(folder).flatMap(({ args }) => args);
    expect(shown.filter((arg) => tokens.some((token) => arg.includes(token)))).toEqual([]);
  });
});
