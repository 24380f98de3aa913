import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { expect, it } from 'vitest';
import { GitHelper } from './git-helper.ts';

it('asks git by way of a process of its own', async () => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'millrace-git-helper-'));
  const helper = new GitHelper(path.join(folder, 'mirrors'));
  try {
    execFileSync('git', ['init', '--quiet', folder]);
    const [heads, wrong] = await Promise.all([
      helper.heads({ name: 'app', url: folder }),
      helper.heads({ name: 'none', url: path.join(folder, 'none') }).catch((error: unknown) => error),
    ]);
    expect(heads).toEqual([]);
    expect(wrong).toMatchObject({ code: 'git-failed' });
    await helper.close();
    expect(
      await helper.resolve({ name: 'app', url: folder }, { branch: 'main', revision: null }),
    ).toMatchObject({
      kind: 'unknown',
    });
  } finally {
    await helper.close();
    fs.rmSync(folder, { recursive: true });
  }
});
