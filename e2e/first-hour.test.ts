import { execFileSync, spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Build } from '@millrace/protocol/api/builds';
import type { Worker } from '@millrace/protocol/api/workers';
import { testCertificate } from '@millrace/testkit/test-certificate';
import { freePort } from './harness/free-port.ts';
import { GuidePage } from './harness/guide-page.ts';
import { kill9, processesWith } from './harness/processes.ts';
import { SshServer } from './harness/ssh-server.ts';
import { TestRepository } from './harness/test-repository.ts';
import { until } from './harness/until.ts';

/*
 * docs/guide/first-hour.md, line by line: a repository on ssh, a master with TLS and tokens, a worker that calls it, a
 * secret, a clean build, a config that changes, and an upgrade with a build running, from one installed version to
 * another one.
 */

const cli = path.resolve(import.meta.dirname, '../packages/cli');
const deployKey = 'correct horse battery staple';
const children = new Map<string, ChildProcess>();
let folder: string;
let ssh: SshServer;
let page: GuidePage;
let source: TestRepository;
const at = (...parts: readonly string[]): string => path.join(folder, ...parts);

/** Installs a version where `millrace` on the PATH finds it, in the place of what was there. */
function install(version: string): void {
  fs.rmSync(at('lib'), { recursive: true, force: true });
  for (const part of ['bin', 'dist', 'package.json'])
    fs.cpSync(path.join(cli, part), at('lib', part), { recursive: true });
  const described = JSON.parse(fs.readFileSync(at('lib', 'package.json'), 'utf8')) as object;
  fs.writeFileSync(at('lib', 'package.json'), JSON.stringify({ ...described, version }));
}

/** Starts what the page says, and leaves it running. */
function start(name: string, line: string): void {
  const out = fs.openSync(at(`${name}.out`), 'a');
  const stdio = ['ignore', out, out] as const;
  const command = `exec ${page.next(line)}`;
  children.set(name, spawn('sh', ['-c', command], { cwd: folder, env: page.env, stdio: [...stdio] }));
  fs.closeSync(out);
}

/** The same once more: the page says "with the commands from above". */
function startAgain(name: string): void {
  const [, , command] = children.get(name)?.spawnargs ?? [];
  const out = fs.openSync(at(`${name}.out`), 'a');
  const stdio = ['ignore', out, out] as const;
  children.set(name, spawn('sh', ['-c', command ?? ''], { cwd: folder, env: page.env, stdio: [...stdio] }));
  fs.closeSync(out);
}

async function stop(name: string, signal: NodeJS.Signals): Promise<void> {
  const child = children.get(name);
  if (child === undefined || child.exitCode !== null) return;
  const exit = once(child, 'exit');
  child.kill(signal);
  await exit;
}

const output = (name: string): string => fs.readFileSync(at(`${name}.out`), 'utf8');

/** What a command of ours prints as JSON. It is the test's own, so the page need not have it. */
function asked(...args: readonly string[]): unknown {
  return JSON.parse(execFileSync('millrace', [...args, '--json'], { env: page.env, encoding: 'utf8' }));
}

function builds(): readonly Build[] {
  return (asked('builds') as { readonly items: readonly Build[] }).items;
}

async function green(number: number): Promise<void> {
  const build = await until(
    `build ${number} has ended`,
    () => builds().find((one) => one.number === number && one.state === 'finished'),
    60_000,
  );
  expect(build).toMatchObject({ builder: 'check', result: 'success' });
}

beforeAll(async () => {
  folder = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'millrace-hour-')));
  for (const made of ['etc', 'srv', 'bin']) fs.mkdirSync(at(made));
  ssh = await SshServer.start(at('ssh'));
  source = new TestRepository(at('source'));
  source.commit('something to build', {
    // It tells whether an earlier build was here, and waits for as long as the test likes.
    Makefile: `test:\n\t@test ! -e left-behind || echo not clean\n\t@touch left-behind ${at('began')}\n\t@while test -e ${at('hold')}; do sleep 0.05; done\n\t@echo tested\n`,
    'deploy.sh': '#!/bin/sh\necho "deploying with $DEPLOY_KEY"\n',
  });
  fs.chmodSync(at('source', 'deploy.sh'), 0o755);
  source.commit('let it be run', { 'README.md': 'hello\n\n' });
  execFileSync('git', ['clone', '--quiet', '--bare', at('source'), at('app.git')]);
  execFileSync('git', ['clone', '--quiet', at('app.git'), at('work')]);
  const authority = testCertificate({ name: 'an authority', authority: true });
  const certificate = testCertificate({ name: 'master', issuer: authority, hosts: ['localhost'] });
  fs.writeFileSync(at('etc/cert.pem'), certificate.cert);
  fs.writeFileSync(at('etc/key.pem'), certificate.key, { mode: 0o600 });
  fs.writeFileSync(at('etc/ca.pem'), authority.cert);
  fs.writeFileSync(at('etc/deploy-key'), `${deployKey}\n`, { mode: 0o600 });
  fs.writeFileSync(
    at('bin/millrace'),
    `#!/bin/sh\nexec ${process.execPath} ${at('lib/bin/millrace.js')} "$@"\n`,
    {
      mode: 0o755,
    },
  );
  install('0.1.0');
  const { HOME = '/', PATH = '' } = process.env;
  page = new GuidePage('first-hour.md', folder, { HOME, PATH: `${at('bin')}:${PATH}`, NO_COLOR: '1' });
  const port = await freePort();
  page.stands(
    ['ssh://git@git.example.org/srv/git/app.git', `ssh://${ssh.user}@127.0.0.1:${ssh.port}${at('app.git')}`],
    ['ssh-keyscan git.example.org', `ssh-keyscan -p ${ssh.port} 127.0.0.1`],
    ['ci.example.org:8010', `localhost:${port}`],
    ['--host 0.0.0.0 --port 8010', `--host 127.0.0.1 --port ${port}`],
    ['pollEveryMs: 10_000', 'pollEveryMs: 500'],
    ['/etc/millrace', at('etc')],
    ['/srv/ci', at('srv')],
    ['/var/lib/millrace-worker', at('worker')],
    ['/var/lib/millrace', at('master')],
  );
});

afterAll(async () => {
  for (const name of children.keys()) await stop(name, 'SIGTERM');
  for (const { pid } of processesWith(folder)) kill9(pid);
  await ssh[Symbol.asyncDispose]();
  fs.rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
});

test('the first hour goes as the guide tells it', async () => {
  // The repository.
  await page.does("ssh-keygen -q -t ed25519 -N '' -C millrace -f /etc/millrace/app-key");
  await page.does('ssh-keyscan git.example.org > /etc/millrace/known-hosts');
  ssh.letIn(at('etc/app-key.pub'));

  // Tokens.
  const printed = {
    ann: await page.does('millrace token --caller ann --scopes admin'),
    worker: await page.does('millrace token --worker linux-1'),
  };
  const word = (text: string, name: string): string =>
    new RegExp(`^${name} +(\\S+)$`, 'm').exec(text)?.[1] ?? '';
  page.stands(
    ['sha256:ANN', word(printed.ann, 'hash')],
    ['sha256:WORKER', word(printed.worker, 'hash')],
    ['THE-TOKEN-OF-ANN', word(printed.ann, 'token')],
  );
  fs.writeFileSync(at('etc/worker-token'), word(printed.worker, 'token'), { mode: 0o600 });

  // The config and the master.
  const config = at('srv/millrace.config.ts');
  fs.writeFileSync(config, page.config);
  await page.does('millrace check --config /srv/ci/millrace.config.ts');
  start(
    'master',
    'millrace master --config /srv/ci/millrace.config.ts --data /var/lib/millrace --host 0.0.0.0 --port 8010 --tls-cert /etc/millrace/cert.pem --tls-key /etc/millrace/key.pem',
  );
  page.exports('MILLRACE_URL', 'MILLRACE_TOKEN', 'MILLRACE_CA_FILE');
  await until('the master listens', () => output('master').includes('master on https://'));
  expect(await page.does('millrace repositories')).toContain('app');

  // A worker on another machine.
  start(
    'worker',
    'millrace worker --master wss://ci.example.org:8010 --name linux-1 --token-file /etc/millrace/worker-token --ca-file /etc/millrace/ca.pem --data /var/lib/millrace-worker',
  );
  await until('the worker is connected', () => output('worker').includes('Connected to the master'));
  expect(await page.does('millrace workers')).toContain('linux-1');

  // A push.
  await until(
    'the repository was looked at',
    () => (asked('repositories') as { items: { lastPollAt?: number }[] }).items[0]?.lastPollAt,
  );
  execFileSync(
    'git',
    [
      '-c',
      'user.name=A',
      '-c',
      'user.email=a@example.org',
      'commit',
      '--quiet',
      '--allow-empty',
      '-m',
      'a change',
    ],
    { cwd: at('work') },
  );
  await page.does('git push origin main', at('work'));
  await green(1);
  expect(await page.does('millrace builds')).toContain('check');
  const log = await page.does('millrace log 1');
  expect(log).toContain('deploying with ***');
  expect(log).not.toContain(deployKey);

  // A clean build on demand: without the property, the second one would find what the first one left.
  expect(await page.does('millrace force check --property clobber=true --wait')).toContain('success');
  expect(execFileSync('millrace', ['log', '2', 'make test'], { env: page.env, encoding: 'utf8' })).toBe(
    'tested\n',
  );

  // A mistake in the config, and its mending.
  fs.writeFileSync(config, page.config.replace("workers: ['linux-1']", "workers: ['linux-9']"));
  const refused = await page.run('millrace reload');
  expect([refused.status, refused.output]).toEqual([2, expect.stringContaining('unknown worker "linux-9"')]);
  fs.writeFileSync(config, page.config.replace("sh('make test')", "sh('make test', { name: 'tests' })"));
  expect(await page.does('millrace reload --dry-run')).toContain('name  "make test" → "tests"');
  expect(await page.does('millrace reload')).toContain('is in force');

  // A new version, with a build running.
  fs.rmSync(at('began'));
  fs.writeFileSync(at('hold'), '');
  await page.does('millrace force check');
  await until('the build runs', () => fs.existsSync(at('began')));
  await stop('master', 'SIGTERM');
  await stop('worker', 'SIGHUP');
  install('0.2.0');
  startAgain('master');
  startAgain('worker');
  await until('the new master listens', () => output('master').split('master on https://').length > 2);
  const upgraded = await until('the new worker is there', () => {
    const { items } = asked('workers') as { readonly items: readonly Worker[] };
    return items.find(({ connected, facts }) => connected && facts?.version === '0.2.0');
  });
  expect(upgraded.name).toBe('linux-1');
  fs.rmSync(at('hold'));
  await green(3);
  expect(await page.does('millrace builds')).toContain('check');
  expect(builds()).toHaveLength(3);
  expect(
    await page.does('millrace doctor --config /srv/ci/millrace.config.ts --data /var/lib/millrace'),
  ).toContain('0.2.0');
  page.isThrough();
});
