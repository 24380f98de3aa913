import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { keepOutOfGit } from './keep-out-of-git.ts';

function newFolder(...names: string[]): string {
  const root = fs.mkdtempSync(path.join(os.tmpdir(), 'millrace-ignored-'));
  onTestFinished(() => fs.rmSync(root, { recursive: true }));
  const folder = path.join(root, ...names);
  fs.mkdirSync(folder, { recursive: true });
  return folder;
}

test('a data folder anywhere below a working copy is not committed', () => {
  const folder = newFolder('deep', '.millrace');
  fs.mkdirSync(path.join(folder, '../../.git'));
  const file = keepOutOfGit(folder);
  expect(file).toBe(path.join(folder, '.gitignore'));
  expect(fs.readFileSync(file ?? '', 'utf8')).toBe('*\n');
});

test('elsewhere nothing is written, and never over a file', () => {
  expect(keepOutOfGit(newFolder('.millrace'))).toBeUndefined();
  const folder = newFolder('.millrace');
  fs.mkdirSync(path.join(folder, '.git'));
  fs.writeFileSync(path.join(folder, '.gitignore'), 'mine\n');
  expect(keepOutOfGit(folder)).toBeUndefined();
  expect(fs.readFileSync(path.join(folder, '.gitignore'), 'utf8')).toBe('mine\n');
});
