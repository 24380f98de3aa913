import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { expect, test } from 'vitest';
import { rotateLog } from './rotate-log.ts';

test('a log that has grown begins anew, and its writer goes on in it', () => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'mr-'));
  const file = path.join(folder, 'agent.log');
  rotateLog(file, 10);
  const handle = fs.openSync(file, 'a');
  fs.writeSync(handle, 'short\n');
  rotateLog(file, 10);
  fs.writeSync(handle, 'and more\n');
  rotateLog(file, 10);
  fs.writeSync(handle, 'new\n');
  fs.closeSync(handle);
  expect(fs.readFileSync(`${file}.1`, 'utf8')).toBe('short\nand more\n');
  expect(fs.readFileSync(file, 'utf8')).toBe('new\n');
  fs.rmSync(folder, { recursive: true });
});
