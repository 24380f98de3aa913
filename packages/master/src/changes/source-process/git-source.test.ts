import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { systemClock } from '@millrace/kernel/clock';
import { repositoryConfigOf } from '@millrace/testkit/repository-config';
import { readSecret } from '../../config/read-secret.ts';
import type { SourceReader, Way } from '../source-reader.ts';
import { GitSource } from './git-source.ts';
import { Programs } from './run-program.ts';
import { sourceLimits } from './source-parts.ts';

let base: string;
let source: SourceReader;
let revisions: readonly string[];

function git(...args: readonly string[]): string {
  return execFileSync(
    'git',
    ['-C', path.join(base, 'app'), '-c', 'user.name=Ann', '-c', 'user.email=ann@x', ...args],
    {
      encoding: 'utf8',
    },
  ).trim();
}

function commit(message: string, files: Readonly<Record<string, string>>): string {
  for (const [name, text] of Object.entries(files)) fs.writeFileSync(path.join(base, 'app', name), text);
  git('add', '--all');
  git('commit', '--quiet', '--allow-empty', '-m', message);
  return git('rev-parse', 'HEAD');
}

const way = (from: string | null, to: string): Way => ({ branch: 'main', from, to, limit: 50 });

beforeAll(() => {
  base = fs.mkdtempSync(path.join(os.tmpdir(), 'millrace-git-'));
  execFileSync('git', ['init', '--quiet', '--initial-branch=main', path.join(base, 'app')]);
  source = new GitSource({
    mirrorsFolder: path.join(base, 'mirrors'),
    programs: new Programs(systemClock),
    readSecret,
    env: process.env,
    limits: sourceLimits,
  });
  const first = commit('one\n\nwith a body', { 'a b.txt': '1' });
  const second = commit('two', {});
  git('checkout', '--quiet', '-b', 'side');
  commit('aside', { '\u0001evil\n': 'x', c: '3' });
  git('checkout', '--quiet', 'main');
  git('merge', '--quiet', '--no-ff', '-m', 'merge side', 'side');
  git('tag', 'v1');
  revisions = [first, second, git('rev-parse', 'HEAD')];
});
afterAll(() => fs.rmSync(base, { recursive: true }));

describe.each(['a folder', 'a remote repository'])('git of %s', (kind) => {
  const repository = () =>
    repositoryConfigOf({
      name: 'app',
      url: kind === 'a folder' ? path.join(base, 'app') : `file://${path.join(base, 'app')}`,
    });

  it('tells the heads of all branches', async () => {
    expect(await source.heads(repository(), false)).toEqual([
      { branch: 'main', revision: revisions[2] },
      { branch: 'side', revision: git('rev-parse', 'side') },
    ]);
  });

  it('tells what is new on a branch, oldest first and a merge as one', async () => {
    const { commits, skipped } = await source.log(repository(), way(revisions[0] ?? '', revisions[2] ?? ''));
    expect(skipped).toBe(0);
    expect(commits).toMatchObject([
      { revision: revisions[1], author: 'Ann <ann@x>', message: 'two', files: [] },
      { revision: revisions[2], message: 'merge side', files: ['\u0001evil\n', 'c'] },
    ]);
    expect(commits[0]?.committedAt).toBeGreaterThan(1_600_000_000_000);
  });

  it('tells the newest commits and how many it left out', async () => {
    expect(
      await source.log(repository(), { ...way(revisions[0] ?? '', revisions[2] ?? ''), limit: 1 }),
    ).toMatchObject({
      commits: [{ message: 'merge side' }],
      skipped: 1,
    });
  });

  it('tells one commit alone where the old head is unknown', async () => {
    for (const from of [null, 'a'.repeat(40)]) {
      const { commits } = await source.log(repository(), way(from, revisions[0] ?? ''));
      expect(commits).toMatchObject([{ message: 'one\n\nwith a body', files: ['a b.txt'] }]);
    }
  });

  it('pins branches, tags and revisions', async () => {
    const pinned = async (branch: string, revision: string | null) =>
      source.resolve(repository(), { branch, revision });
    expect(await pinned('main', null)).toEqual({ kind: 'resolved', revision: revisions[2] });
    expect(await pinned('main', 'v1')).toEqual({ kind: 'resolved', revision: revisions[2] });
    expect(await pinned('main', revisions[0]?.slice(0, 12) ?? '')).toEqual({
      kind: 'resolved',
      revision: revisions[0],
    });
    expect(await pinned('main', revisions[1] ?? '')).toEqual({ kind: 'resolved', revision: revisions[1] });
    for (const wrong of ['b'.repeat(40), 'nothing', '--upload-pack=touch /tmp/x', ''])
      expect(await pinned('main', wrong)).toMatchObject({ kind: 'unknown' });
    expect(await pinned('nothing', null)).toEqual({
      kind: 'unknown',
      message: 'Repository "app" has no branch "nothing".',
    });
  });
});

it('says what is wrong with a folder that is no repository', async () => {
  const nowhere = repositoryConfigOf({ name: 'x', url: path.join(base, 'none') });
  fs.mkdirSync(path.join(base, 'empty'));
  await expect(source.heads(nowhere, false)).rejects.toMatchObject({ code: 'source-failed' });
  await expect(source.resolve(nowhere, { branch: 'main', revision: 'abcd' })).rejects.toThrow(
    'git could not read',
  );
});
