import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import net from 'node:net';
import type { AddressInfo } from 'node:net';
import { once } from 'node:events';
import os from 'node:os';
import path from 'node:path';
import { systemClock } from '@millrace/kernel/clock';
import { FakeClock } from '@millrace/testkit/fake-clock';
import { GitOverHttp } from '@millrace/testkit/git-over-http';
import { hostileMark, hostileRows } from '@millrace/testkit/hostile-text';
import { repositoryConfigOf } from '@millrace/testkit/repository-config';
import { writeProgram } from '@millrace/testkit/write-program';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readSecret } from '../../config/read-secret.ts';
import type { SourceCredentials } from '../../config/source-config.ts';
import { GitSource } from './git-source.ts';
import { Programs } from './run-program.ts';
import { sourceLimits } from './source-parts.ts';
import type { SourceLimits } from './source-parts.ts';

let base: string;
let programs: Programs;
beforeEach(() => {
  base = fs.mkdtempSync(path.join(os.tmpdir(), "millrace git's-"));
  programs = new Programs(systemClock);
  execFileSync('git', ['init', '--quiet', '--initial-branch=main', path.join(base, 'app')]);
  commit('one');
});
afterEach(() => fs.rmSync(base, { recursive: true }));

function git(...args: readonly string[]): string {
  const who = ['-c', 'user.name=Ann', '-c', 'user.email=ann@x'];
  return execFileSync('git', ['-C', path.join(base, 'app'), ...who, ...args], { encoding: 'utf8' }).trim();
}

function commit(message: string): string {
  git('commit', '--quiet', '--allow-empty', '-m', message);
  return git('rev-parse', 'HEAD');
}

function sourceWith(
  given: { readonly env?: NodeJS.ProcessEnv; readonly limits?: Partial<SourceLimits> } = {},
): GitSource {
  return new GitSource({
    mirrorsFolder: path.join(base, 'mirrors'),
    programs,
    readSecret,
    env: { ...process.env, ...given.env },
    limits: { ...sourceLimits, ...given.limits },
  });
}

const noCredentials: SourceCredentials = {
  sshKeyFile: null,
  knownHostsFile: null,
  username: null,
  password: null,
};

describe('a repository that asks for a password', () => {
  const login = "ann:it's a $(secret)";
  const passwordFile = (text: string): SourceCredentials => {
    fs.writeFileSync(path.join(base, 'password'), `${text}\n`);
    return { ...noCredentials, username: 'ann', password: { file: path.join(base, 'password') } };
  };

  it('is read with it, and no argument or file of the mirror holds it', async () => {
    await using server = await GitOverHttp.start(base, login);
    const credentials = passwordFile("it's a $(secret)");
    const repository = repositoryConfigOf({ name: 'app', url: `${server.url}/app/.git`, credentials });
    const source = sourceWith({ env: { GIT_TRACE: path.join(base, 'trace') } });
    const [first] = await source.heads(repository, false);
    const second = commit('two');
    const way = { branch: 'main', from: first?.revision ?? null, to: second, limit: 50 };
    expect(await source.log(repository, way)).toMatchObject({
      commits: [{ message: 'two' }],
      rewritten: false,
    });
    const trace = fs.readFileSync(path.join(base, 'trace'), 'utf8');
    expect(trace).toContain('fetch');
    expect(trace).not.toContain('(secret)');
    const grep = ['-r', '-l', '-F', '(secret)', path.join(base, 'mirrors')];
    expect(() => execFileSync('grep', grep)).toThrow();
  });

  it.each([
    ['none is given', noCredentials, 'It asks for a password'],
    ['another is given', undefined, 'does not take the name and password'],
  ])('says what to do where %s', async (_what, credentials, sentence) => {
    await using server = await GitOverHttp.start(base, login);
    const repository = repositoryConfigOf({
      name: 'app',
      url: `${server.url}/app/.git`,
      credentials: credentials ?? passwordFile('wrong'),
    });
    const heads = sourceWith().heads(repository, false);
    await expect(heads).rejects.toMatchObject({
      trouble: 'credentials',
      message: expect.stringContaining(sentence),
    });
  });

  it('says where the secret is missed', async () => {
    const credentials = { ...noCredentials, password: { env: 'MILLRACE_NOT_SET' } };
    const repository = repositoryConfigOf({ name: 'app', url: 'https://127.0.0.1:9/x', credentials });
    await expect(sourceWith().heads(repository, false)).rejects.toMatchObject({
      trouble: 'secret-missing',
      message: expect.stringContaining('MILLRACE_NOT_SET'),
    });
  });

  it('is not told to another server that it sends git on to', async () => {
    await using thief = await GitOverHttp.start(base, 'nobody:nothing');
    const elsewhere = net.createServer((socket) => {
      socket.once('data', () => {
        const where = `Location: ${thief.url}/app/.git/info/refs?service=git-upload-pack`;
        socket.end(`HTTP/1.1 302 Found\r\n${where}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n`);
      });
    });
    elsewhere.listen(0, '127.0.0.1');
    await once(elsewhere, 'listening');
    try {
      const url = `http://127.0.0.1:${(elsewhere.address() as AddressInfo).port}/app/.git`;
      const repository = repositoryConfigOf({ name: 'app', url, credentials: passwordFile('secret') });
      await expect(sourceWith().heads(repository, false)).rejects.toMatchObject({ trouble: 'credentials' });
      expect(thief.authorizations).toContain(undefined);
      expect(thief.authorizations.join()).not.toContain(Buffer.from('ann:secret').toString('base64'));
    } finally {
      elsewhere.close();
    }
  });
});

describe('a repository over ssh', () => {
  /** An ssh that writes down how it was called, and runs here what it should run there. */
  function fakeSsh(script: string): NodeJS.ProcessEnv {
    const folder = path.join(base, 'bin');
    fs.mkdirSync(folder);
    writeProgram(path.join(folder, 'ssh'), `#!/bin/sh\n${script}\n`);
    return { PATH: `${folder}:${process.env.PATH}`, CALLS: path.join(base, 'calls') };
  }
  const serving = 'printf "%s\\n" "$@" >> "$CALLS"\nfor last; do :; done\nexec sh -c "$last"';

  it('is read with the key and the hosts of the config, whatever their files are called', async () => {
    const env = fakeSsh(serving);
    const files = { sshKeyFile: "/keys/$(touch it's) 100%", knownHostsFile: '/known hosts/100%' };
    const repository = repositoryConfigOf({
      name: 'app',
      url: `git@host:${path.join(base, 'app')}`,
      credentials: { ...noCredentials, ...files },
    });
    expect(await sourceWith({ env }).heads(repository, false)).toMatchObject([{ branch: 'main' }]);
    const calls = fs.readFileSync(path.join(base, 'calls'), 'utf8').split('\n');
    expect(calls).toEqual(
      expect.arrayContaining(['BatchMode=yes', 'IdentitiesOnly=yes', '-i', files.sshKeyFile]),
    );
    expect(calls).toContain('UserKnownHostsFile="/known hosts/100%%"');
  });

  it.each([
    ['Host key verification failed.', 'host-key', 'ssh-keyscan git.example.org'],
    ['git@x: Permission denied (publickey).', 'credentials', 'deploy key'],
    ['ssh: Could not resolve hostname git.example.org: Name or service not known', 'unreachable', 'host'],
    ['ssh: connect to host git.example.org port 22: Connection refused', 'unreachable', 'host'],
    ["fatal: '/x' does not appear to be a git repository", 'not-found', 'no such repository'],
  ])('that says %j is told as a sentence with what to do', async (complaint, trouble, advice) => {
    const env = fakeSsh(`echo "${complaint}" >&2\nexit 255`);
    const repository = repositoryConfigOf({ name: 'app', url: 'git@git.example.org:app.git' });
    await expect(sourceWith({ env }).heads(repository, false)).rejects.toMatchObject({
      trouble,
      message: expect.stringContaining(advice),
    });
  });

  it.each([
    ['does not answer', 'too-slow', {}],
    ['sends more than is kept', 'too-large', { mirrorBytes: -1 }],
  ])('that %s is left, with all that was started for it', async (_what, trouble, limits) => {
    const clock = new FakeClock();
    programs = new Programs(clock);
    const calls = path.join(base, 'calls');
    const env = fakeSsh('sleep 1000 &\necho $! > "$CALLS.part" && mv "$CALLS.part" "$CALLS"\nwait');
    const repository = repositoryConfigOf({ name: 'app', url: 'git@host:app.git' });
    const way = { branch: 'main', from: null, to: 'a'.repeat(40), limit: 1 };
    const left = expect(sourceWith({ env, limits }).log(repository, way)).rejects.toMatchObject({ trouble });
    await until(() => fs.existsSync(calls));
    await clock.advance(trouble === 'too-large' ? 1_000 : repository.fetchMsMax);
    await left;
    const pid = fs.readFileSync(calls, 'utf8').trim();
    await until(() => /^$|[ZX]/.test(stateOf(pid)));
    expect(clock.pending).toBe(0);
  });
});

/** The test's own time limit ends it. */
async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise(setImmediate);
}

/** What the system says of a process; empty: it has gone. */
function stateOf(pid: string): string {
  try {
    return execFileSync('ps', ['-o', 'stat=', '-p', pid], { encoding: 'utf8' }).trim();
  } catch {
    return '';
  }
}

describe('a repository that lies elsewhere', () => {
  const remote = () => repositoryConfigOf({ name: 'app', url: `file://${path.join(base, 'app')}` });
  const mirror = (): string => path.join(base, 'mirrors', 'app.git');

  it('is fetched branch by branch, and without its files where it allows that', async () => {
    git('config', 'uploadpack.allowFilter', 'true');
    fs.writeFileSync(path.join(base, 'app', 'big'), 'x'.repeat(100_000));
    git('add', '--all');
    const head = commit('big');
    git('branch', 'other');
    git('checkout', '--quiet', '-b', 'unwatched');
    const aside = commit('aside');
    const source = sourceWith();
    const way = { branch: 'main', from: null, to: head, limit: 50 };
    expect(await source.log(remote(), way)).toMatchObject({ commits: [{ files: ['big'] }] });
    const here = (...args: readonly string[]): string =>
      execFileSync('git', ['-C', mirror(), ...args], {
        encoding: 'utf8',
        env: { ...process.env, GIT_ALLOW_PROTOCOL: 'none' },
      });
    expect(here('rev-list', '--objects', '--missing=print', head)).toContain('?');
    expect(() => here('cat-file', '-e', aside)).toThrow();
    expect(await source.resolve(remote(), { branch: 'main', revision: aside })).toMatchObject({
      revision: aside,
    });
  });

  it('is fetched after a fetch that was ended in the middle, of which nothing stays', async () => {
    const source = sourceWith();
    const way = { branch: 'main', from: null, limit: 1 };
    await source.log(remote(), { ...way, to: git('rev-parse', 'HEAD') });
    const half = ['objects/pack/tmp_pack_x', 'config.lock', 'refs/seen/x.lock'].map((name) =>
      path.join(mirror(), name),
    );
    for (const file of half) fs.writeFileSync(file, 'half');
    expect(await source.log(remote(), { ...way, to: commit('two') })).toMatchObject({
      commits: [{ message: 'two' }],
    });
    expect(half.filter((file) => fs.existsSync(file))).toEqual([]);
  });

  it('tells tags by their commits, and what was pushed over', async () => {
    const first = git('rev-parse', 'HEAD');
    git('tag', '-a', '-m', 'a tag', 'v1');
    const second = commit('two');
    git('tag', 'v2');
    const source = sourceWith();
    expect(await source.heads(remote(), true)).toEqual([
      { branch: 'main', revision: second },
      { branch: 'refs/tags/v1', revision: first },
      { branch: 'refs/tags/v2', revision: second },
    ]);
    const tag = { branch: 'refs/tags/v1', from: null, to: first, limit: 50 };
    expect(await source.log(remote(), tag)).toMatchObject({ commits: [{ message: 'one' }] });
    await source.log(remote(), { branch: 'main', from: first, to: second, limit: 50 });
    git('reset', '--quiet', '--hard', first);
    const third = commit('three instead');
    expect(await source.log(remote(), { branch: 'main', from: second, to: third, limit: 50 })).toMatchObject({
      commits: [{ message: 'three instead' }],
      rewritten: true,
    });
  });
});

describe.each(['a folder', 'a remote repository'])('hostile text in %s', (kind) => {
  const repository = () =>
    repositoryConfigOf({
      name: 'app',
      url: kind === 'a folder' ? path.join(base, 'app') : `file://${path.join(base, 'app')}`,
    });
  const fewRows = hostileRows.filter(([what]) => !what.includes('long'));

  it('runs nothing as a branch or revision that somebody asks for', async () => {
    const source = sourceWith();
    for (const [, text] of fewRows) {
      expect(await source.resolve(repository(), { branch: text, revision: null })).toMatchObject({
        kind: 'unknown',
      });
      expect(await source.resolve(repository(), { branch: 'main', revision: text })).toMatchObject({
        kind: 'unknown',
      });
    }
    expect(fs.existsSync(hostileMark) || fs.existsSync(path.join(base, 'app', hostileMark))).toBe(false);
  });

  it('runs nothing as the name of a branch or a message that is there', async () => {
    const source = sourceWith();
    for (const [, text] of fewRows) {
      if (text.trim() !== '' && text.isWellFormed())
        git('commit', '--quiet', '--allow-empty', '--allow-empty-message', '-m', text);
      try {
        const args = ['-C', path.join(base, 'app'), 'update-ref', `refs/heads/${text}`, 'HEAD'];
        execFileSync('git', args, { stdio: 'ignore' });
      } catch {
        // git allows no branch of that name.
      }
    }
    const heads = await source.heads(repository(), false);
    expect(heads.length).toBeGreaterThan(5);
    for (const { branch, revision } of heads) {
      const { commits } = await source.log(repository(), { branch, from: null, to: revision, limit: 5 });
      expect(commits).toHaveLength(1);
      expect(await source.resolve(repository(), { branch, revision: null })).toMatchObject({ revision });
    }
    expect(fs.existsSync(hostileMark) || fs.existsSync(path.join(base, 'app', hostileMark))).toBe(false);
  });

  it.each([
    '--upload-pack=touch millrace-was-here',
    'ext::sh -c touch% millrace-was-here',
    'ssh://-oProxyCommand=x/y',
  ])('runs nothing as the address %j', async (url) => {
    await expect(sourceWith().heads({ ...repository(), url }, false)).rejects.toMatchObject({
      code: 'source-failed',
    });
    expect(fs.existsSync(hostileMark)).toBe(false);
  });
});
