import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { once } from 'node:events';
import path from 'node:path';
import type { PlannedSource } from '@millrace/protocol/plan';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { RealSteps } from './harness/real-steps.ts';
import type { StartedStep } from './harness/real-steps.ts';

describe('a checkout of Mercurial', () => {
  let steps: RealSteps;
  let repository: string;

  beforeEach(() => {
    steps = new RealSteps();
    repository = path.join(steps.root, 'a repository');
    fs.mkdirSync(repository);
    hg('init');
  });

  afterEach(() => {
    steps.remove();
  });

  function hg(...args: string[]): string {
    const env = { ...process.env, HGPLAIN: '1', HGRCPATH: '', HGUSER: 'Ann <ann@example.org>' };
    return execFileSync('hg', ['--cwd', repository, ...args], { encoding: 'utf8', env }).trim();
  }

  function commit(files: Readonly<Record<string, string>>): string {
    for (const [name, text] of Object.entries(files)) fs.writeFileSync(path.join(repository, name), text);
    hg('commit', '--addremove', '--quiet', '--message', 'a change');
    return hg('log', '--rev', '.', '--template', '{node}');
  }

  function start(
    revision: string,
    { source, ...change }: Parameters<RealSteps['checkout']>[1] = {},
  ): StartedStep {
    const of: PlannedSource = { kind: 'hg', repository: 'app', url: repository, branch: 'default', revision };
    return steps.checkout({ ...of, ...source }, change);
  }

  test('puts exactly the changeset there, asks only when it must, and keeps what its mode says', async () => {
    const one = commit({ 'a.txt': 'one', '.hgignore': '\\.o$\n' });
    const two = commit({ 'a.txt': 'two' });
    const files = { '.hgignore': '\\.o$\n' };
    expect(await start(one).done).toEqual({ result: 'success' });
    expect(steps.tree()).toEqual({ ...files, 'a.txt': 'one' });
    fs.writeFileSync(path.join(steps.buildFolder(), 'a.txt'), 'changed');
    fs.writeFileSync(path.join(steps.buildFolder(), 'a.o'), 'object');
    fs.writeFileSync(path.join(steps.buildFolder(), 'new'), 'new');
    // A hook that a build has left is not run.
    fs.appendFileSync(path.join(steps.buildFolder(), '.hg', 'hgrc'), '[hooks]\nupdate = touch hacked\n');
    expect(await start(two, { step: { mode: 'clean' } }).done).toEqual({ result: 'success' });
    expect(steps.tree()).toEqual({ ...files, 'a.txt': 'two', 'a.o': 'object' });
    fs.renameSync(repository, `${repository}.away`);
    const again = start(one);
    expect(await again.done).toEqual({ result: 'success' });
    expect(again.log()).not.toContain('hg pull --rev');
    expect(steps.tree()).toEqual({ ...files, 'a.txt': 'one' });
    fs.renameSync(`${repository}.away`, repository);
  });

  test('says of a changeset that is not there, of an empty repository and of none that they are that', async () => {
    const gone = 'deadbeef'.repeat(5);
    expect(await start(gone).done).toMatchObject({
      result: 'failure',
      message: expect.stringContaining(
        `The revision ${gone} does not exist in the repository 'app'`,
      ) as string,
    });
    commit({ 'a.txt': 'one' });
    expect(await start(gone).done).toMatchObject({ result: 'failure' });
    const nowhere = path.join(steps.root, 'nowhere');
    expect(await start(gone, { source: { url: nowhere } }).done).toMatchObject({
      result: 'exception',
      reason: 'checkout-failed',
    });
    expect(await start('tip').done).toMatchObject({ reason: 'plan-failed' });
    expect(await start(gone, { step: { depth: 1 } }).done).toMatchObject({ result: 'failure' });
  });

  test('gives the password to the server of the repository, and to nobody else', async () => {
    commit({ 'a.txt': 'one' });
    const seen: (string | undefined)[] = [];
    const server = http.createServer((request, response) => {
      seen.push(request.headers.authorization);
      response.writeHead(401, { 'www-authenticate': 'Basic realm="hg"' }).end();
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/app`;
    const credentials = { kind: 'password', username: 'ann', secret: 'app:password' } as const;
    const secrets = { 'app:password': 'hunter2-hunter2' };
    const wants = {
      result: 'exception',
      message: expect.stringContaining('The server wants a name and a password') as string,
    };
    const revision = 'deadbeef'.repeat(5);
    expect(await start(revision, { source: { url } }).done).toMatchObject(wants);
    expect(seen.filter((header) => header !== undefined)).toEqual([]);
    const { done, log } = start(revision, { source: { url, credentials }, secrets });
    expect(await done).toMatchObject(wants);
    expect(seen).toContain(`Basic ${Buffer.from('ann:hunter2-hunter2').toString('base64')}`);
    expect(log()).not.toContain('hunter2');
    server.close();
    server.closeAllConnections();
    await once(server, 'close');
  });
});
