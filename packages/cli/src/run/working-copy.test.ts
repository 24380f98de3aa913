import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { snapshotOf, workingCopyOf } from './working-copy.ts';

let folder: string;
let top: string;
beforeEach(() => {
  folder = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'cli-run-')));
  top = path.join(folder, 'app');
  fs.mkdirSync(top);
  git(top, 'init', '--quiet', '--initial-branch=topic');
});
afterEach(() => fs.rmSync(folder, { recursive: true, force: true }));

function git(where: string, ...args: readonly string[]): string {
  const who = ['-c', 'user.name=A', '-c', 'user.email=a@example.org'];
  return execFileSync('git', [...who, ...args], { cwd: where, encoding: 'utf8' }).trim();
}

function write(name: string, text: string): void {
  fs.mkdirSync(path.dirname(path.join(top, name)), { recursive: true });
  fs.writeFileSync(path.join(top, name), text);
}

function commit(): string {
  git(top, 'add', '--all');
  git(top, 'commit', '--quiet', '--message', 'one');
  return git(top, 'rev-parse', 'HEAD');
}

const filesIn = (snapshot: { url: string; revision: string }): string[] =>
  git(snapshot.url, 'ls-tree', '-r', '--name-only', snapshot.revision).split('\n');

it('takes what is changed, added and removed, and leaves out what is ignored; nothing there changes', () => {
  write('.gitignore', 'out/\n');
  write('kept', '1');
  write('removed', '1');
  const head = commit();
  git(top, 'tag', 'v1');
  write('kept', '2');
  write("new 'file'", '3');
  write('out/built', '4');
  fs.rmSync(path.join(top, 'removed'));
  git(top, 'add', "new 'file'");
  const before = git(top, 'status', '--porcelain');
  const objects = git(top, 'count-objects', '-v');

  const snapshot = snapshotOf(top, path.join(folder, 'data'));
  expect(snapshot).toMatchObject({ branch: 'topic', changed: true });
  expect(filesIn(snapshot)).toEqual(['.gitignore', 'kept', "new 'file'"]);
  expect(git(snapshot.url, 'show', `${snapshot.revision}:kept`)).toBe('2');
  expect(git(snapshot.url, 'rev-parse', `${snapshot.revision}^`)).toBe(head);
  expect(git(snapshot.url, 'tag')).toBe('v1');
  expect(git(top, 'status', '--porcelain')).toBe(before);
  expect(git(top, 'count-objects', '-v')).toBe(objects);
  // The same again is the same revision.
  expect(snapshotOf(top, path.join(folder, 'data')).revision).toBe(snapshot.revision);
});

it('is the last commit itself where nothing was changed', () => {
  write('a', '1');
  const head = commit();
  expect(snapshotOf(top, path.join(folder, 'data'))).toMatchObject({ revision: head, changed: false });
});

it('works before the first commit, in a worktree and in a shallow clone', () => {
  write('a', '1');
  const first = snapshotOf(top, path.join(folder, 'data'));
  expect(filesIn(first)).toEqual(['a']);
  commit();
  write('b', '1');
  commit();
  const worktree = path.join(folder, 'worktree');
  git(top, 'worktree', 'add', '--quiet', '--detach', worktree);
  fs.writeFileSync(path.join(worktree, 'c'), '1');
  expect(filesIn(snapshotOf(worktree, path.join(folder, 'data-2')))).toEqual(['a', 'b', 'c']);
  const shallow = path.join(folder, 'shallow');
  git(folder, 'clone', '--quiet', '--depth=1', `file://${top}`, shallow);
  const of = snapshotOf(shallow, path.join(folder, 'data-3'));
  expect(filesIn(of)).toEqual(['a', 'b']);
  expect(git(of.url, 'rev-list', '--count', of.revision)).toBe('1');
});

it('knows the top of a working copy, and where there is none', () => {
  write('a/b', '1');
  expect(workingCopyOf(path.join(top, 'a'))).toBe(top);
  expect(workingCopyOf(folder)).toBeUndefined();
});

it('is of the folder that was asked about, also where a hook of another repository asks', () => {
  write('kept', '1');
  const head = commit();
  const other = path.join(folder, 'other');
  git(folder, 'init', '--quiet', other);
  const module = JSON.stringify(import.meta.resolve('./working-copy.ts'));
  const asking = `import(${module}).then(({ snapshotOf }) => console.log(snapshotOf(${JSON.stringify(top)}, ${JSON.stringify(folder)}).revision))`;
  const env = {
    ...process.env,
    GIT_DIR: path.join(other, '.git'),
    GIT_INDEX_FILE: path.join(other, '.git/index'),
  };
  expect(execFileSync(process.execPath, ['-e', asking], { encoding: 'utf8', env }).trim()).toBe(head);
});
