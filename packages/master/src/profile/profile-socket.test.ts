import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { claimProfileSocket, profileSocket, releaseProfileSocket } from './profile-socket.ts';

describe('the socket of a data folder', () => {
  let root: string;
  let deep: string;
  beforeEach(() => {
    root = fs.mkdtempSync(path.join(os.tmpdir(), 'mr-'));
    deep = path.join(root, 'a'.repeat(100));
    fs.mkdirSync(deep);
  });
  afterEach(() => fs.rmSync(root, { recursive: true }));

  test('stands in it', () => {
    expect(claimProfileSocket(root)).toBe(path.join(root, 'profile.sock'));
    expect(profileSocket(root)).toBe(path.join(root, 'profile.sock'));
  });

  test('stands among the temporary folders where its path would be too long, and is found', () => {
    const socket = claimProfileSocket(deep);
    expect(Buffer.byteLength(socket)).toBeLessThan(104);
    expect(profileSocket(deep)).toBe(socket);
    expect(fs.statSync(path.dirname(socket)).mode & 0o777).toBe(0o700);
    expect(fs.statSync(path.join(deep, 'profile.path')).mode & 0o777).toBe(0o600);
    releaseProfileSocket(deep);
    expect(fs.existsSync(path.dirname(socket))).toBe(false);
    expect(fs.readdirSync(deep)).toEqual([]);
  });

  test('is made anew after a master that was killed, whose own is removed', () => {
    const before = claimProfileSocket(deep);
    const after = claimProfileSocket(deep);
    expect(after).not.toBe(before);
    expect(fs.existsSync(path.dirname(before))).toBe(false);
    releaseProfileSocket(deep);
  });

  test('removes nothing that is not named as its own', () => {
    const other = path.join(root, 'precious');
    fs.writeFileSync(other, '');
    fs.writeFileSync(path.join(deep, 'profile.path'), other);
    releaseProfileSocket(deep);
    expect(fs.existsSync(other)).toBe(true);
  });
});
