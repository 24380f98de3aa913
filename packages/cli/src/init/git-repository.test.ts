import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { readGitRepository } from './git-repository.ts';

let folder: string;
beforeEach(() => {
  folder = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'cli-init-')));
});
afterEach(() => fs.rmSync(folder, { recursive: true, force: true }));

function git(...args: readonly string[]): void {
  const who = ['-c', 'user.name=A', '-c', 'user.email=a@example.org'];
  execFileSync('git', [...who, ...args], { cwd: folder, stdio: ['ignore', 'ignore', 'pipe'] });
}

function write(name: string, text = ''): void {
  fs.mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
  fs.writeFileSync(path.join(folder, name), text);
}

it('sees what a commit would have, and what git does not know yet', () => {
  git('init', '--quiet', '--initial-branch=trunk');
  write('.gitignore', 'package-lock.json\nout/\n');
  write('package.json');
  write('package-lock.json');
  write('out/x.js');
  write('a/b/c.py');
  write('a/b/deep/er.py');
  git('add', '.gitignore');
  git('commit', '--quiet', '--message', 'one');
  expect(readGitRepository(path.join(folder, 'a'))).toEqual({
    top: folder,
    branch: 'trunk',
    current: 'trunk',
    hasCommits: true,
    files: ['.gitignore', 'a/b/c.py', 'package.json'],
    uncommitted: new Set(['a/b/c.py', 'package.json']),
  });
});

it('watches what the remote calls its own, then what is usual, then what is checked out', () => {
  git('init', '--quiet', '--initial-branch=topic');
  expect(readGitRepository(folder)).toMatchObject({ branch: 'topic', current: 'topic', hasCommits: false });
  write('a');
  git('add', '.');
  git('commit', '--quiet', '--message', 'one');
  git('branch', 'develop');
  expect(readGitRepository(folder).branch).toBe('topic');
  git('branch', 'master');
  expect(readGitRepository(folder).branch).toBe('master');
  git('symbolic-ref', 'refs/remotes/origin/HEAD', 'refs/remotes/origin/develop');
  expect(readGitRepository(folder)).toMatchObject({ branch: 'develop', current: 'topic' });
  git('switch', '--quiet', '--detach');
  expect(readGitRepository(folder).current).toBeUndefined();
});

it('says what to do where there is no repository, or none with files', () => {
  expect(() => readGitRepository(folder)).toThrow('git init && git add . && git commit');
  git('init', '--quiet', '--bare');
  expect(() => readGitRepository(folder)).toThrow('git has no work tree');
});
