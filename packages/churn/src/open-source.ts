import fs from 'node:fs/promises';
import path from 'node:path';
import { ChurnError } from './churn-error.ts';
import { openGitSource } from './git/git-source.ts';
import { openMercurialSource } from './mercurial/mercurial-source.ts';
import type { Source, SourceRequest } from './source.ts';

/**
 * Opens what stands at a path.
 *
 * @throws ChurnError `not-a-repository`, `unknown-branch`, `shallow`, `partial-clone`, `tool-missing`,
 *   `tool-failed`
 */
export async function openSource(request: SourceRequest): Promise<Source> {
  const folder = await fs.stat(request.path).catch((cause: unknown) => {
    throw new ChurnError('not-a-repository', `${request.path} cannot be read`, cause);
  });
  if (!folder.isDirectory()) throw new ChurnError('not-a-repository', `${request.path} is not a folder`);
  const mercurial = await fs.stat(path.join(request.path, '.hg')).catch(() => undefined);
  return mercurial?.isDirectory() ? openMercurialSource(request) : openGitSource(request);
}
