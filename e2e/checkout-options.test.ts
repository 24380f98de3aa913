import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { mirrorOf } from '@millrace/worker/sources/mirror';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { RealSteps } from './harness/real-steps.ts';
import type { StartedStep } from './harness/real-steps.ts';

const noConfig = {
  GIT_CONFIG_GLOBAL: '/dev/null',
  GIT_CONFIG_SYSTEM: '/dev/null',
  GIT_ALLOW_PROTOCOL: 'file',
};
const person = ['-c', 'user.name=Ann', '-c', 'user.email=ann@example.org'];

/** A real repository, in a folder. */
class Repository {
  readonly folder: string;

  constructor(folder: string) {
    this.folder = folder;
    fs.mkdirSync(folder, { recursive: true });
    this.git('init', '--quiet', '--initial-branch=main');
  }

  git(...args: string[]): string {
    const env = { ...process.env, ...noConfig };
    return execFileSync('git', ['-C', this.folder, ...person, ...args], { encoding: 'utf8', env }).trim();
  }

  commit(files: Readonly<Record<string, string>>): string {
    for (const [name, text] of Object.entries(files)) {
      fs.mkdirSync(path.dirname(path.join(this.folder, name)), { recursive: true });
      fs.writeFileSync(path.join(this.folder, name), text);
    }
    this.git('add', '--all');
    this.git('commit', '--quiet', '--message', 'a change');
    return this.git('rev-parse', 'HEAD');
  }
}

describe('a checkout by its options', () => {
  let steps: RealSteps;
  let app: Repository;

  beforeEach(() => {
    steps = new RealSteps();
    app = new Repository(path.join(steps.root, 'repositories', 'app'));
  });

  afterEach(() => {
    steps.remove();
  });

  function start(revision: string, change: Parameters<RealSteps['checkout']>[1] = {}): StartedStep {
    return steps.checkout({ repository: 'app', url: app.folder, branch: 'main', revision }, change);
  }

  test('keeps of an earlier build what its mode says', async () => {
    const one = app.commit({ 'a.txt': 'one', '.gitignore': '*.o\n' });
    const two = app.commit({ 'a.txt': 'two' });
    const leave = (): void => {
      fs.writeFileSync(path.join(steps.buildFolder(), 'a.txt'), 'changed');
      fs.writeFileSync(path.join(steps.buildFolder(), 'a.o'), 'object');
      fs.writeFileSync(path.join(steps.buildFolder(), 'new.txt'), 'new');
    };
    const files = { '.gitignore': '*.o\n', 'a.txt': 'two' };
    const kept = {
      incremental: { ...files, 'a.o': 'object', 'new.txt': 'new' },
      clean: { ...files, 'a.o': 'object' },
      fresh: files,
      clobber: files,
    } as const;
    await start(one).done;
    for (const mode of ['incremental', 'clean', 'fresh', 'clobber'] as const) {
      leave();
      const { done, log } = start(two, { step: { mode } });
      expect(await done).toEqual({ result: 'success' });
      expect([mode, steps.tree()]).toEqual([mode, kept[mode]]);
      expect(log().includes('$ rm -rf --')).toBe(mode === 'clobber');
    }
  });

  test('has just as much history as it is told to, of exactly the revision, without a mirror', async () => {
    app.commit({ 'a.txt': 'one' });
    const two = app.commit({ 'a.txt': 'two' });
    app.commit({ 'a.txt': 'three' });
    expect(await start(two, { step: { depth: 1 } }).done).toEqual({ result: 'success' });
    const history = execFileSync('git', ['-C', steps.buildFolder(), 'rev-list', 'HEAD'], {
      encoding: 'utf8',
    });
    expect(history.trim()).toBe(two);
    expect(fs.existsSync(steps.mirrors)).toBe(false);
    const gone = await start('deadbeef'.repeat(5), { step: { depth: 1 } }).done;
    expect(gone).toMatchObject({ result: expect.stringMatching(/failure|exception/) as string });
    // And the other way round: what is there does not stand in the way.
    expect(await start(two).done).toEqual({ result: 'success' });
    expect(await start(two, { step: { depth: 2 } }).done).toEqual({ result: 'success' });
    expect(steps.tree()).toEqual({ 'a.txt': 'two' });
  });

  test('takes submodules, by relative addresses and nested, at the revisions that are written', async () => {
    const inner = new Repository(path.join(steps.root, 'repositories', 'inner'));
    inner.commit({ 'inner.txt': 'inner' });
    const lib = new Repository(path.join(steps.root, 'repositories', 'lib'));
    lib.commit({ 'lib.txt': 'one' });
    lib.git('submodule', '--quiet', 'add', '../inner', 'deep/inner');
    lib.git('commit', '--quiet', '--message', 'inner');
    app.git('submodule', '--quiet', 'add', '../lib', 'vendor/a lib');
    const first = app.commit({ 'a.txt': 'a' });
    lib.commit({ 'lib.txt': 'two' });
    expect(await start(first).done).toEqual({ result: 'success' });
    expect(Object.keys(steps.tree())).toEqual(['.gitmodules', 'a.txt']);
    expect(await start(first, { step: { submodules: 'direct' } }).done).toEqual({ result: 'success' });
    expect(steps.tree()).toMatchObject({ 'vendor/a lib/lib.txt': 'one' });
    expect(steps.tree()).not.toHaveProperty(['vendor/a lib/deep/inner/inner.txt']);
    const nested = start(first, { step: { submodules: 'recursive' } });
    expect(await nested.done).toEqual({ result: 'success' });
    expect(steps.tree()).toMatchObject({ 'vendor/a lib/deep/inner/inner.txt': 'inner' });
    const status = execFileSync('git', ['-C', steps.buildFolder(), 'status', '--porcelain'], {
      encoding: 'utf8',
    });
    expect(status).toBe('');
    // A submodule that goes leaves nothing behind.
    app.git('rm', '--quiet', '-r', 'vendor');
    const without = app.commit({ 'a.txt': 'b' });
    expect(await start(without, { step: { submodules: 'recursive' } }).done).toEqual({ result: 'success' });
    expect(Object.keys(steps.tree())).toEqual(['.gitmodules', 'a.txt']);
  });

  test('names the submodule whose revision is gone', async () => {
    const lib = new Repository(path.join(steps.root, 'repositories', 'lib'));
    lib.commit({ 'lib.txt': 'one' });
    app.git('submodule', '--quiet', 'add', '../lib', 'lib');
    const revision = app.commit({ 'a.txt': 'a' });
    lib.git('commit', '--quiet', '--amend', '--message', 'rewritten');
    lib.git('reflog', 'expire', '--expire=now', '--all');
    lib.git('gc', '--quiet', '--prune=now');
    expect(await start(revision, { step: { submodules: 'direct' } }).done).toMatchObject({
      result: 'failure',
      message: expect.stringContaining("the submodule 'lib'") as string,
    });
  });

  test('follows no path of a .gitmodules out of the folder, and no link that a build has left', async () => {
    const lib = new Repository(path.join(steps.root, 'repositories', 'lib'));
    lib.commit({ 'lib.txt': 'one' });
    app.git('submodule', '--quiet', 'add', '../lib', 'lib');
    const revision = app.commit({ 'a.txt': 'a' });
    await start(revision, { step: { submodules: 'direct' } }).done;
    const outside = path.join(steps.root, 'outside');
    fs.mkdirSync(outside);
    fs.writeFileSync(path.join(outside, 'precious'), 'x');
    const inside = path.join(steps.buildFolder(), 'lib');
    fs.rmSync(inside, { recursive: true });
    fs.symlinkSync(outside, inside);
    await start(revision, { step: { submodules: 'direct', mode: 'incremental' } }).done;
    expect(fs.readdirSync(outside)).toEqual(['precious']);
    fs.rmSync(path.join(steps.buildFolder(), 'sub'), { force: true, recursive: true });
    fs.symlinkSync(outside, path.join(steps.buildFolder(), 'sub'));
    for (const folder of ['sub', 'sub/dir'])
      expect(await start(revision, { step: { folder } }).done).toMatchObject({ reason: 'plan-failed' });
    expect(fs.readdirSync(outside)).toEqual(['precious']);
  });

  test('fetches what git-lfs keeps where it is told to, and only then', async () => {
    app.git('lfs', 'install', '--local');
    app.git('lfs', 'track', '*.bin');
    const revision = app.commit({ 'big.bin': 'a large file' });
    expect(await start(revision).done).toEqual({ result: 'success' });
    expect(steps.tree()['big.bin']).toMatch(/^version https:\/\/git-lfs/);
    expect(await start(revision, { step: { lfs: true } }).done).toEqual({ result: 'success' });
    expect(steps.tree()['big.bin']).toBe('a large file');
    const bin = path.join(steps.root, 'bin');
    fs.mkdirSync(bin);
    for (const program of ['git', 'git-upload-pack', 'find', 'rm', 'sh'])
      fs.symlinkSync(execFileSync('which', [program], { encoding: 'utf8' }).trim(), path.join(bin, program));
    const without = await start(revision, {
      step: { lfs: true },
      environment: { PATH: bin, GIT_CONFIG_SYSTEM: '/dev/null' },
    }).done;
    expect(without).toMatchObject({
      result: 'exception',
      message: expect.stringContaining('git-lfs is not installed on the worker. Install it') as string,
    });
  });

  test('keeps mirrors of another level of trust apart', async () => {
    const revision = app.commit({ 'a.txt': 'a' });
    await start(revision).done;
    await start(revision, { trust: 'protected' }).done;
    const mirrors = fs.readdirSync(path.dirname(steps.mirrors));
    expect(mirrors).toHaveLength(2);
    expect(fs.existsSync(mirrorOf(steps.mirrors, 'git', app.folder))).toBe(true);
    expect(
      fs.readdirSync(path.join(steps.data, 'builds')).filter((name) => !name.endsWith('.used')),
    ).toHaveLength(2);
  });
});
