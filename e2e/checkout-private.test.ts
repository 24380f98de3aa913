import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { once } from 'node:events';
import type { PlannedSource } from '@millrace/protocol/plan';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { GitServer } from './harness/git-server.ts';
import { RealSteps } from './harness/real-steps.ts';
import type { StartedStep } from './harness/real-steps.ts';
import { TestRepository } from './harness/test-repository.ts';

const password = 'hunter2$(touch hacked)"hunter2';

describe('a repository that asks who comes', () => {
  let steps: RealSteps;
  let repository: TestRepository;

  beforeEach(() => {
    steps = new RealSteps();
    repository = new TestRepository(path.join(steps.root, 'repositories', 'app'));
  });

  afterEach(() => {
    // No file of the worker has a secret in it, its own or one of its programs.
    for (const entry of fs.readdirSync(steps.data, { recursive: true, withFileTypes: true }))
      if (entry.isFile())
        expect(fs.readFileSync(path.join(entry.parentPath, entry.name)).includes('hunter2')).toBe(false);
    steps.remove();
  });

  function start(
    source: Partial<PlannedSource>,
    change: Parameters<RealSteps['checkout']>[1] = {},
  ): StartedStep {
    const revision = repository.head();
    return steps.checkout({ repository: 'app', url: '', branch: 'main', revision, ...source }, change);
  }

  describe('by https', () => {
    let server: GitServer;

    beforeEach(async () => {
      server = await GitServer.start(path.join(steps.root, 'repositories'), { username: 'ann', password });
    });

    afterEach(() => server.close());

    const credentials = { kind: 'password', username: 'ann', secret: 'app:password' } as const;
    const secrets = { 'app:password': password };

    test('is fetched with the password, which stands in no log and no config', async () => {
      const { done, log } = start({ url: `${server.url}/app/.git`, credentials }, { secrets });
      expect(await done).toEqual({ result: 'success' });
      expect(steps.tree()).toEqual({ 'README.md': 'hello\n' });
      expect(log()).toContain('$ git fetch');
      expect(log()).not.toContain('hunter2');
    });

    test('says so where there is no password, or a wrong one, and asks nobody', async () => {
      const url = `${server.url}/app/.git`;
      const wants = {
        result: 'exception',
        reason: 'checkout-failed',
        message: expect.stringContaining('The server wants a name and a password') as string,
      };
      expect(await start({ url }).done).toMatchObject(wants);
      const wrong = { 'app:password': 'not the password' };
      expect(await start({ url, credentials }, { secrets: wrong }).done).toMatchObject(wants);
      const askpass = { GIT_ASKPASS: '/bin/echo', SSH_ASKPASS: '/bin/echo', DISPLAY: ':0' };
      expect(await start({ url }, { environment: askpass }).done).toMatchObject(wants);
    });

    test('keeps the password from submodules on other servers, and folders from theirs', async () => {
      const other = await GitServer.start(path.join(steps.root, 'repositories'), {
        username: 'x',
        password: 'x',
      });
      try {
        const gitmodules = (url: string): string => `[submodule "lib"]\n\tpath = lib\n\turl = ${url}\n`;
        const link = (url: string): void => {
          repository.commit('a submodule', { '.gitmodules': gitmodules(url) });
          const git = (...args: string[]) => execFileSync('git', ['-C', repository.folder, ...args]);
          git('update-index', '--add', '--cacheinfo', `160000,${repository.head()},lib`);
          git(
            '-c',
            'user.name=A',
            '-c',
            'user.email=a@example.org',
            'commit',
            '--quiet',
            '--message',
            'link',
          );
        };
        const step = { submodules: 'direct' } as const;
        link(`${other.url}/app/.git`);
        const elsewhere = await start({ url: `${server.url}/app/.git`, credentials }, { secrets, step }).done;
        expect(elsewhere).toMatchObject({
          result: 'exception',
          message: expect.stringContaining("From the submodule 'lib'") as string,
        });
        expect(other.asked.length).toBeGreaterThan(0);
        expect(other.asked.filter((asked) => asked.endsWith('password'))).toEqual([]);
        for (const url of [repository.folder, `file://${repository.folder}`]) {
          link(url);
          const { done } = start({ url: `${server.url}/app/.git`, credentials }, { secrets, step });
          expect(await done).toMatchObject({
            result: 'failure',
            message: expect.stringContaining('which only a repository that is one itself may have') as string,
          });
        }
        link('../app/.git/');
        const own = await start({ url: `${server.url}/app/.git`, credentials }, { secrets, step }).done;
        expect(own).toMatchObject({ result: 'exception' });
      } finally {
        await other.close();
      }
    });
  });

  test('is entered by ssh with the key alone, from an agent that ends with the command', async () => {
    const key = path.join(steps.root, 'key');
    execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', key]);
    const bin = path.join(steps.root, 'bin');
    fs.mkdirSync(bin);
    const said = path.join(steps.root, 'ssh-said');
    // In place of ssh: looks which keys it has, and runs here what it was to run there.
    const ssh = `#!/bin/sh
ssh-add -l >>'${said}' || exit 255
echo "$@" >>'${said}'
env | grep -c MILLRACE_SSH_KEY >>'${said}'
cat "$MILLRACE_SSH_HOSTS_FILE" >>'${said}'
for last; do :; done
exec sh -c "$last"
`;
    fs.writeFileSync(path.join(bin, 'ssh'), ssh, { mode: 0o755 });
    const environment = { PATH: `${bin}:${process.env['PATH'] ?? ''}` };
    const secrets = { 'app:ssh-key': fs.readFileSync(key, 'utf8') };
    const credentials = {
      kind: 'ssh-key',
      secret: 'app:ssh-key',
      knownHosts: 'example.org ssh-ed25519 AAAA\n',
    } as const;
    const url = `git@example.org:${repository.folder}`;
    expect(await start({ url, credentials }, { secrets, environment }).done).toEqual({ result: 'success' });
    const lines = fs.readFileSync(said, 'utf8').split('\n');
    expect(lines[0]).toMatch(/^256 SHA256:.*ED25519/);
    expect(lines[1]).toContain('-o BatchMode=yes -o ConnectTimeout=20');
    expect(lines[1]).toContain('-o StrictHostKeyChecking=yes -o UserKnownHostsFile=');
    expect(lines[2]).toBe('0');
    expect(lines[3]).toBe('example.org ssh-ed25519 AAAA');
    repository.commit('more', { 'b.txt': 'b' });
    const own = { ...environment, GIT_SSH_COMMAND: `echo its own >>'${said}'; false` };
    expect(await start({ url }, { environment: own }).done).toMatchObject({ reason: 'checkout-failed' });
    expect(fs.readFileSync(said, 'utf8')).toContain('its own');
    const broken = await start({ url, credentials }, { secrets: { 'app:ssh-key': 'no key' }, environment })
      .done;
    expect(broken).toMatchObject({
      reason: 'checkout-failed',
      message: expect.stringContaining('the ssh key could not be used') as string,
    });
  });

  test('whose server does not answer, or is none, is told as that', async () => {
    const server = net.createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as net.AddressInfo;
    server.close();
    await once(server, 'close');
    expect(await start({ url: `http://127.0.0.1:${port}/app` }).done).toMatchObject({
      result: 'exception',
      reason: 'checkout-failed',
      message: expect.stringContaining('The server is not to be reached from the worker.') as string,
    });
  });

  test('that is empty has no revision, and says that it is empty', async () => {
    const empty = path.join(steps.root, 'empty.git');
    execFileSync('git', ['init', '--quiet', '--bare', empty]);
    expect(await start({ url: empty }).done).toMatchObject({
      result: 'failure',
      message: expect.stringMatching(/does not exist in the repository 'app' .*: it is empty\.$/) as string,
    });
  });
});
