import { execFileSync, spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { systemClock } from '@millrace/kernel/clock';
import { hostileMark, hostileTexts } from '@millrace/testkit/hostile-text';
import { repositoryConfigOf } from '@millrace/testkit/repository-config';
import { writeProgram } from '@millrace/testkit/write-program';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readSecret } from '../../config/read-secret.ts';
import type { RepositoryConfig } from '../../config/source-config.ts';
import { HgSource } from './hg-source.ts';
import { Programs } from './run-program.ts';
import { sourceLimits } from './source-parts.ts';

const env = { ...process.env, HGUSER: 'Ann <ann@x>', HGPLAIN: '1', HGRCPATH: '' };
/** Those that Mercurial takes as the name of a branch, and that would do harm elsewhere. */
const hostile = ['an end of both quotes', 'a hg revision set']
  .map((what) => hostileTexts[what] ?? '')
  .map((text) => text.replaceAll(':', ''));

/** Mercurial takes a while to start, and longer on a busy machine. */
const patienceMs = 90_000;

let base: string;
let source: HgSource;
const ids: Record<string, string> = {};

function hg(...args: readonly string[]): string {
  return execFileSync('hg', [`--repository=${path.join(base, 'app')}`, ...args], {
    encoding: 'utf8',
    env,
  }).trim();
}

function commit(name: string, message: string): void {
  fs.writeFileSync(path.join(base, 'app', `${name} $(x)`), message);
  hg('commit', '--quiet', '--addremove', `--message=${message}`);
  ids[name] = hg('log', '--rev', '.', '--template', '{node}');
}

beforeAll(() => {
  base = fs.mkdtempSync(path.join(os.tmpdir(), 'millrace-hg-'));
  execFileSync('hg', ['init', path.join(base, 'app')], { env });
  source = new HgSource({
    mirrorsFolder: path.join(base, 'mirrors'),
    programs: new Programs(systemClock),
    readSecret,
    env,
    limits: sourceLimits,
  });
  commit('first', 'one\n\nwith a "body" \\ and é');
  hg('tag', '--rev', ids.first ?? '', 'v1');
  hg('branch', '--quiet', 'side');
  commit('side', 'aside');
  hg('update', '--quiet', 'default');
  commit('second', 'two');
  hg('merge', '--quiet', 'side');
  commit('merge', 'merge side');
  hg('bookmark', '--rev', ids.second ?? '', 'mark');
}, patienceMs);
afterAll(() => fs.rmSync(base, { recursive: true }));

const at = (other: Partial<RepositoryConfig> = {}): RepositoryConfig =>
  repositoryConfigOf({
    name: 'app',
    kind: 'hg',
    url: path.join(base, 'app'),
    defaultBranch: 'default',
    ...other,
  });

describe.each(['a folder', 'a remote repository'])('Mercurial of %s', { timeout: patienceMs }, (kind) => {
  const repository = (): RepositoryConfig =>
    at(kind === 'a folder' ? {} : { name: 'remote', url: `file://${path.join(base, 'app')}` });

  it('tells the heads of branches, bookmarks and tags', async () => {
    const heads = await source.heads(repository(), true);
    expect(Object.fromEntries(heads.map(({ branch, revision }) => [branch, revision]))).toEqual({
      default: ids.merge,
      side: ids.side,
      mark: ids.second,
      'refs/tags/v1': ids.first,
    });
  });

  it('tells what is new on a branch, a merge as one; and the newest, with how many are left out', async () => {
    const way = { branch: 'default', from: ids.first ?? null, to: ids.merge ?? '', limit: 50 };
    const { commits, skipped } = await source.log(repository(), way);
    expect(skipped).toBe(0);
    expect(commits.map(({ message }) => message)).toEqual([
      'Added tag v1 for changeset ' + ids.first?.slice(0, 12),
      'two',
      'merge side',
    ]);
    expect(commits[1]).toMatchObject({ author: 'Ann <ann@x>', files: ['second $(x)'] });
    expect(commits[1]?.committedAt).toBeGreaterThan(1_600_000_000_000);
    expect(await source.log(repository(), { ...way, limit: 1 })).toMatchObject({
      commits: [{ message: 'merge side' }],
      skipped: 2,
    });
  });

  it('tells one commit alone where the old head is unknown, which is a branch that was made anew', async () => {
    const way = { branch: 'default', to: ids.first ?? '', limit: 50 };
    const alone = { commits: [{ message: 'one\n\nwith a "body" \\ and é' }], skipped: 0 };
    expect(await source.log(repository(), { ...way, from: null })).toMatchObject({
      ...alone,
      rewritten: false,
    });
    expect(await source.log(repository(), { ...way, from: 'a'.repeat(40) })).toMatchObject({
      ...alone,
      rewritten: true,
    });
  });

  it('pins branches, bookmarks, tags and revisions', async () => {
    const pinned = (revision: string | null, branch = 'default') =>
      source.resolve(repository(), { branch, revision });
    expect(await pinned(null)).toEqual({ kind: 'resolved', revision: ids.merge });
    expect(await pinned('v1')).toEqual({ kind: 'resolved', revision: ids.first });
    expect(await pinned('side')).toEqual({ kind: 'resolved', revision: ids.side });
    expect(await pinned(ids.second?.slice(0, 12) ?? '')).toEqual({ kind: 'resolved', revision: ids.second });
    expect(await pinned('nothing')).toMatchObject({ kind: 'unknown' });
  });
});

it(
  'runs nothing of what somebody asks for',
  async () => {
    for (const wrong of ['b'.repeat(40), ...hostile])
      expect(await source.resolve(at(), { branch: 'default', revision: wrong })).toMatchObject({
        kind: 'unknown',
      });
    expect(fs.existsSync(hostileMark)).toBe(false);
  },
  patienceMs,
);

it(
  'reads branches and bookmarks of any name',
  async () => {
    const url = path.join(base, 'hostile');
    execFileSync('hg', ['init', url], { env });
    const run = (...args: readonly string[]): string =>
      execFileSync('hg', [`--repository=${url}`, ...args], {
        encoding: 'utf8',
        env,
        stdio: ['ignore', 'pipe', 'ignore'],
      });
    for (const name of hostile) {
      fs.appendFileSync(path.join(url, 'f'), 'x');
      run('branch', '--', name);
      run('commit', '--quiet', '--addremove', `--message=${name}`);
    }
    const heads = await source.heads(at({ url }), false);
    expect(heads.map(({ branch }) => branch)).toEqual(hostile.map((name) => name.trim()));
    for (const { branch, revision } of heads) {
      const way = { branch, from: '0'.repeat(40), to: revision, limit: 5 };
      expect((await source.log(at({ url }), way)).commits).toMatchObject([{ revision }]);
    }
    expect(fs.existsSync(hostileMark) || fs.existsSync(path.join(url, hostileMark))).toBe(false);
  },
  patienceMs,
);

it(
  'takes an empty repository for one without branches, and says what is wrong with none',
  async () => {
    const url = path.join(base, 'empty');
    execFileSync('hg', ['init', url], { env });
    expect(await source.heads(at({ url }), true)).toEqual([]);
    await expect(source.heads(at({ url: path.join(base, 'none') }), false)).rejects.toMatchObject({
      trouble: 'not-found',
    });
    await expect(
      source.heads(at({ name: 'option', url: '--config=alias.init=!touch millrace-was-here' }), false),
    ).rejects.toMatchObject({ code: 'source-failed' });
    expect(fs.existsSync(hostileMark)).toBe(false);
  },
  patienceMs,
);

it(
  'goes over ssh with the key and the hosts of the config, whatever their files are called',
  async () => {
    const bin = path.join(base, 'bin');
    fs.mkdirSync(bin);
    const script = '#!/bin/sh\nprintf "%s\\n" "$@" >> "$CALLS"\nfor last; do :; done\nexec sh -c "$last"\n';
    writeProgram(path.join(bin, 'ssh'), script);
    const calls = path.join(base, 'calls');
    const overSsh = new HgSource({
      mirrorsFolder: path.join(base, 'mirrors'),
      programs: new Programs(systemClock),
      readSecret,
      env: { ...env, PATH: `${bin}:${process.env.PATH}`, CALLS: calls },
      limits: sourceLimits,
    });
    const files = { sshKeyFile: "/keys/$(touch it's)", knownHostsFile: '/known hosts' };
    const credentials = { ...files, username: null, password: null };
    const url = `ssh://hg@host/${path.join(base, 'app')}`;
    const heads = await overSsh.heads(at({ name: 'ssh', url, credentials }), false);
    expect(heads.map(({ branch }) => branch)).toContain('side');
    const said = fs.readFileSync(calls, 'utf8').split('\n');
    expect(said).toEqual(expect.arrayContaining(['BatchMode=yes', '-i', files.sshKeyFile]));
    expect(said).toContain('UserKnownHostsFile="/known hosts"');
  },
  patienceMs,
);

describe('a Mercurial server that asks for a password', { timeout: patienceMs }, () => {
  let served: ChildProcess;
  let door: http.Server;
  const arguments_: string[] = [];
  const secret = '$(a secret)';

  beforeAll(async () => {
    served = spawn(
      'hg',
      ['serve', `--repository=${path.join(base, 'app')}`, '--port=0', '--address=127.0.0.1', '--print-url'],
      {
        env,
        stdio: ['ignore', 'pipe', 'inherit'],
      },
    );
    const [line] = (await once(served.stdout!, 'data')) as [Buffer];
    const inner = new URL(line.toString().trim());
    door = http.createServer((request, response) => {
      if (request.headers.authorization !== `Basic ${Buffer.from(`ann:${secret}`).toString('base64')}`)
        return void response.writeHead(401, { 'www-authenticate': 'Basic realm="a test"' }).end();
      const { authorization: _, host: __, ...headers } = request.headers;
      const passed = http.request({
        port: inner.port,
        host: '127.0.0.1',
        path: request.url,
        method: request.method,
        headers,
      });
      passed.on('response', (answer) =>
        answer.pipe(response.writeHead(answer.statusCode ?? 500, answer.headers)),
      );
      return void request.pipe(passed);
    });
    door.listen(0, '127.0.0.1');
    await once(door, 'listening');
  }, patienceMs);
  afterAll(async () => {
    door.closeAllConnections();
    door.close();
    served.kill();
    await once(served, 'exit');
  });

  const repository = (name: string, password: string): RepositoryConfig => {
    const file = path.join(base, `password of ${name}`);
    fs.writeFileSync(file, `${password}\n`);
    const credentials = { sshKeyFile: null, knownHostsFile: null, username: 'ann', password: { file } };
    return at({ name, url: `http://127.0.0.1:${(door.address() as AddressInfo).port}/`, credentials });
  };

  it('is read with it, which stands in no argument and no file', async () => {
    const watching = new Programs(systemClock);
    const told = new HgSource({
      mirrorsFolder: path.join(base, 'mirrors'),
      programs: Object.assign(watching, {
        run: (call: Parameters<Programs['run']>[0]) => {
          arguments_.push(...call.args, ...Object.values(call.env).map(String));
          return Programs.prototype.run.call(watching, call);
        },
      }),
      readSecret,
      env,
      limits: sourceLimits,
    });
    const heads = await told.heads(repository('locked', secret), false);
    expect(heads.map(({ branch }) => branch)).toContain('default');
    expect(arguments_.join('\n')).not.toContain(secret);
    expect(() => execFileSync('grep', ['-r', '-l', '-F', secret, path.join(base, 'mirrors')])).toThrow();
  });

  it('says so where it does not take it, or none is given', async () => {
    await expect(source.heads(repository('wrong', 'wrong'), false)).rejects.toMatchObject({
      trouble: 'credentials',
    });
    const none = { ...repository('none', 'x'), credentials: null };
    await expect(source.heads(none, false)).rejects.toMatchObject({ trouble: 'credentials' });
  });
});
