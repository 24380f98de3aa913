import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { expect, it } from 'vitest';
import { repositoryConfigOf } from '@millrace/testkit/repository-config';
import { SourceHelper } from './source-helper.ts';

it('asks git by way of a process of its own', async () => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'millrace-source-helper-'));
  const helper = new SourceHelper(path.join(folder, 'mirrors'));
  try {
    execFileSync('git', ['init', '--quiet', folder]);
    const [heads, wrong] = await Promise.all([
      helper.heads(repositoryConfigOf({ name: 'app', url: folder }), false),
      helper
        .heads(repositoryConfigOf({ name: 'none', url: path.join(folder, 'none') }), false)
        .catch((error: unknown) => error),
    ]);
    expect(heads).toEqual([]);
    expect(wrong).toMatchObject({ code: 'source-failed', trouble: 'not-found' });
    await helper.close();
    expect(
      await helper.resolve(repositoryConfigOf({ name: 'app', url: folder }), {
        branch: 'main',
        revision: null,
      }),
    ).toMatchObject({
      kind: 'unknown',
    });
  } finally {
    await helper.close();
    fs.rmSync(folder, { recursive: true });
  }
});
