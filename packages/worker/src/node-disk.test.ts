import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { diskConformance } from '@millrace/testkit/disk-conformance';
import { afterEach, beforeEach, describe, test } from 'vitest';
import { nodeDisk } from './node-disk.ts';

describe('the disk of the machine', () => {
  let folder: string;

  beforeEach(() => {
    folder = fs.mkdtempSync(path.join(os.tmpdir(), 'millrace-disk-'));
  });

  afterEach(() => {
    fs.rmSync(folder, { recursive: true });
  });

  for (const one of diskConformance) test(one.name, () => one.check(nodeDisk, folder));
});
