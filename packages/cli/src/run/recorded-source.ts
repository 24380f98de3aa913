import fs from 'node:fs';
import path from 'node:path';
import type { PlannedSource } from '@millrace/protocol/plan';
import { UsageError } from '../client/usage-error.ts';
import { hasRevision, workingCopyOf } from './working-copy.ts';

/**
 * From where the revision of a recorded build is had: from the repository that was named, else from the working copy
 * that the command was given in, if it has it, else from where the build had it; undefined for that.
 * @throws UsageError where the build's repository was a folder of another machine.
 */
export function recordedSource(
  source: PlannedSource,
  given: string | undefined,
  here: string,
): { readonly url: string; readonly revision: string } | undefined {
  const { revision, url } = source;
  if (given !== undefined) return { url: fs.existsSync(given) ? path.resolve(given) : given, revision };
  const top = (source.kind ?? 'git') === 'git' ? workingCopyOf(here) : undefined;
  if (top !== undefined && hasRevision(top, revision)) return { url: top, revision };
  if (!path.isAbsolute(url) || fs.existsSync(url)) return undefined;
  throw new UsageError(
    `the build had its source from ${url}, which is not on this machine. Go to a working copy of "${source.repository}" that has ${revision.slice(0, 10)}, or name one with --source.`,
  );
}
