import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { systemRandom } from '@millrace/kernel/random';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openDataFolder, slotName, socketOf } from './data-folder.ts';

describe('a data folder', () => {
  let root: string;

  beforeEach(() => {
    root = fs.mkdtempSync(path.join(os.tmpdir(), 'mr-'));
  });
  afterEach(() => fs.rmSync(root, { recursive: true }));

  test('is made with what belongs in it, and keeps its spool', () => {
    const first = openDataFolder(path.join(root, 'data'), systemRandom);
    const again = openDataFolder(path.join(root, 'data'), systemRandom);
    expect(again).toEqual(first);
    expect(first.spoolId).toHaveLength(22);
    expect(fs.readdirSync(first.path).toSorted()).toEqual([
      'builds',
      'journals',
      'locks',
      'logs',
      'mirrors',
      'sockets',
      'spool-id',
    ]);
    expect(fs.statSync(first.sockets).mode & 0o777).toBe(0o700);
  });

  test('has its sockets in a short place where its own path is too long', () => {
    const deep = path.join(root, 'x'.repeat(120));
    const folder = openDataFolder(deep, systemRandom);
    expect(Buffer.byteLength(socketOf(folder, slotName(999)))).toBeLessThan(104);
    expect(openDataFolder(deep, systemRandom).sockets).toBe(folder.sockets);
    fs.rmSync(folder.sockets, { recursive: true });
  });

  test('says what to do when it cannot be used', () => {
    const file = path.join(root, 'file');
    fs.writeFileSync(file, '');
    expect(() => openDataFolder(path.join(file, 'data'), systemRandom)).toThrow('--data');
  });
});
