import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { lockHeld, lockOwner, takeLock } from './exclusive-lock.ts';

const module = path.join(import.meta.dirname, 'exclusive-lock.ts');

describe('an exclusive lock', () => {
  let folder: string;
  let file: string;

  beforeEach(() => {
    folder = fs.mkdtempSync(path.join(os.tmpdir(), 'millrace-lock-'));
    file = path.join(folder, 'lock.sqlite');
  });
  afterEach(() => fs.rmSync(folder, { recursive: true }));

  test('is held by one, who is named, until it is released', () => {
    expect(lockHeld(file)).toBe(false);
    const lock = takeLock(file);
    expect(() => takeLock(file)).toThrow(`${file} is held by process ${process.pid}.`);
    expect(lockOwner(file)).toBe(process.pid);
    lock.release();
    expect(lockOwner(file)).toBeUndefined();
    takeLock(file).release();
  });

  test('is refused to another process', async () => {
    const lock = takeLock(file);
    const script = `import { takeLock } from ${JSON.stringify(module)}; takeLock(${JSON.stringify(file)})`;
    const run = promisify(execFile)(process.execPath, ['--input-type=module', '-e', script]);
    await expect(run).rejects.toThrow(`held by process ${process.pid}`);
    lock.release();
  });

  test('is free once its holder was killed', async () => {
    const script = `import { takeLock } from ${JSON.stringify(module)}; globalThis.lock = takeLock(${JSON.stringify(file)}); console.log('held'); setInterval(() => {}, 1000)`;
    const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    await once(child.stdout, 'data');
    expect(lockOwner(file)).toBe(child.pid);
    child.kill('SIGKILL');
    await once(child, 'exit');
    takeLock(file).release();
  });
});
