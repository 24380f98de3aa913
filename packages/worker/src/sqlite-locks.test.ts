import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { expect, test } from 'vitest';
import { sqliteLocks } from './sqlite-locks.ts';

test('a lock has one holder, and is free again when it lets go', () => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'millrace-lock-'));
  const file = path.join(folder, 'deep', 'one.lock');
  const first = sqliteLocks.tryTake(file);
  expect(first).toBeDefined();
  expect(sqliteLocks.tryTake(file)).toBeUndefined();
  const other = sqliteLocks.tryTake(path.join(folder, 'other.lock'));
  expect(other).toBeDefined();
  other?.release();
  first?.release();
  const again = sqliteLocks.tryTake(file);
  expect(again).toBeDefined();
  again?.release();
  fs.rmSync(folder, { recursive: true });
});
