import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { sqliteLocks } from '@millrace/worker/sqlite-locks';
import { mirrorOf } from '@millrace/worker/sources/mirror';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { RealSteps } from './harness/real-steps.ts';
import type { StartedStep } from './harness/real-steps.ts';

describe('a checkout', () => {
  let steps: RealSteps;
  let repository: string;

  beforeEach(() => {
    steps = new RealSteps();
    repository = path.join(steps.root, 'a repository');
    fs.mkdirSync(repository);
    git('init', '--quiet', '--initial-branch=main');
    git('config', 'user.name', 'Ann');
    git('config', 'user.email', 'ann@example.org');
  });

  afterEach(() => {
    steps.remove();
  });

  function git(...args: string[]): string {
    return execFileSync('git', ['-C', repository, ...args], { encoding: 'utf8' }).trim();
  }

  function commit(files: Record<string, string>): string {
    for (const [name, text] of Object.entries(files)) {
      fs.mkdirSync(path.dirname(path.join(repository, name)), { recursive: true });
      fs.writeFileSync(path.join(repository, name), text);
    }
    git('add', '--all');
    git('commit', '--quiet', '--message', 'a change');
    return git('rev-parse', 'HEAD');
  }

  function start(revision: string, change: Parameters<RealSteps['checkout']>[1] = {}): StartedStep {
    return steps.checkout({ repository: 'project', url: repository, branch: 'main', revision }, change);
  }

  test('puts exactly the revision there, whatever was there before, and asks only when it must', async () => {
    const one = commit({ 'a.txt': 'one', 'dir/b.txt': 'b', '.gitignore': 'out\n' });
    git('tag', 'v1');
    const two = commit({ 'a.txt': 'two' });
    const first = start(one);
    expect(await first.done).toEqual({ result: 'success' });
    expect(first.log()).toMatch(/^\$ git init --bare --quiet\n\$ git fetch /);
    expect(steps.tree()).toEqual({ 'a.txt': 'one', 'dir/b.txt': 'b', '.gitignore': 'out\n' });
    const folder = steps.buildFolder();
    const described = execFileSync('git', ['-C', folder, 'describe', '--tags'], { encoding: 'utf8' });
    expect(described.trim()).toBe('v1');
    // A build's doings, and what a kill leaves.
    fs.writeFileSync(path.join(folder, 'a.txt'), 'changed');
    fs.mkdirSync(path.join(folder, 'out', 'nested', '.git'), { recursive: true });
    fs.writeFileSync(path.join(folder, 'out', 'file'), '');
    fs.writeFileSync(path.join(folder, '.git', 'index.lock'), '');
    fs.writeFileSync(path.join(folder, '.git', 'hooks', 'post-checkout'), '#!/bin/sh\nexit 1\n', {
      mode: 0o755,
    });
    fs.renameSync(repository, `${repository}.away`);
    const second = start(two);
    expect(await second.done).toEqual({ result: 'success' });
    expect(second.log()).not.toContain(repository);
    expect(steps.tree()).toEqual({ 'a.txt': 'two', 'dir/b.txt': 'b', '.gitignore': 'out\n' });
    fs.renameSync(`${repository}.away`, repository);
    const three = commit({ 'c.txt': 'c' });
    expect(await start(three, { step: { folder: 'sub/dir' } }).done).toEqual({ result: 'success' });
    expect(fs.readFileSync(path.join(folder, 'sub', 'dir', 'c.txt'), 'utf8')).toBe('c');
  });

  test('a folder that a killed build has left in ruins is made anew', async () => {
    const revision = commit({ 'a.txt': 'one' });
    await start(revision).done;
    fs.writeFileSync(path.join(steps.buildFolder(), '.git', 'HEAD'), 'ruin');
    fs.writeFileSync(path.join(steps.buildFolder(), '.git', 'config'), '[ruin');
    const again = start(revision);
    expect(await again.done).toEqual({ result: 'success' });
    expect(again.log()).toContain('$ rm -rf -- ');
    expect(steps.tree()).toEqual({ 'a.txt': 'one' });
  });

  test('a revision that does not exist is a failure that names it and the repository', async () => {
    commit({ 'a.txt': 'one' });
    const revision = 'deadbeef'.repeat(5);
    expect(await start(revision).done).toEqual({
      result: 'failure',
      message: `The revision ${revision} does not exist in the repository 'project' (${repository}). A branch that was pushed over, or removed, loses its commits.`,
    });
    expect(await start('main').done).toMatchObject({ result: 'exception', reason: 'plan-failed' });
  });

  test('a repository that is not there, or a URL that is an option, is an exception', async () => {
    const revision = commit({ 'a.txt': 'one' });
    for (const url of [
      path.join(steps.root, 'nowhere'),
      '--upload-pack=touch hacked',
      'ext::sh -c touch% hacked',
    ]) {
      const { done, log } = start(revision, { source: { url } });
      expect(await done).toMatchObject({ result: 'exception', reason: 'checkout-failed' });
      expect(log()).toContain('fatal:');
    }
    expect(fs.readdirSync(steps.root).sort()).toEqual(['a repository', 'data', 'fifos']);
  });

  test('a force-pushed branch and a branch that became a folder are followed', async () => {
    commit({ 'a.txt': 'one' });
    git('branch', 'topic');
    await start(git('rev-parse', 'HEAD')).done;
    git('branch', '-D', 'topic');
    git('branch', 'topic/one');
    git('commit', '--quiet', '--amend', '--message', 'another');
    const amended = git('rev-parse', 'HEAD');
    expect(await start(amended).done).toEqual({ result: 'success' });
  });

  test('slots that want the same repository at once fetch one after the other', async () => {
    const revision = commit({ 'a.txt': 'one' });
    const mirror = mirrorOf(steps.mirrors, 'git', repository);
    const lock = sqliteLocks.tryTake(`${mirror}.lock`);
    const waiting = [0, 1, 2].map((slot) => start(revision, { slot }));
    const stopped = start(revision, { slot: 3 });
    await expect.poll(() => fs.existsSync(mirror)).toBe(true);
    stopped.step.stop();
    expect(await stopped.done).toMatchObject({ result: 'cancelled' });
    lock?.release();
    for (const { done } of waiting) expect(await done).toEqual({ result: 'success' });
    const fetches = waiting.filter(({ log }) => log().includes(`git fetch --force`));
    expect(fetches).toHaveLength(1);
    for (const { log } of waiting) expect(log()).toContain('waiting for it');
  });
});
