import { createHash } from 'node:crypto';
import path from 'node:path';
import type { RepositoryKind } from '@millrace/protocol/repository/credentials';
import type { FileLock } from '../file-lock.ts';
import type { StepContext } from '../steps/step.ts';
import type { LoggedCommands } from './logged-commands.ts';

/*
 * A mirror is the worker's own copy of a repository, one for each address and level of trust. All slots share it,
 * and lock it while it is fetched into.
 */

export type MirrorAnswer =
  | { readonly kind: 'there' }
  /** The repository was reached, and has no such revision; `empty`: it has none at all. */
  | { readonly kind: 'missing'; readonly empty: boolean }
  | { readonly kind: 'failed'; readonly why: string }
  | { readonly kind: 'stopped' };

const lockAgainMs = 100;

/** The name is for people, the hash keeps URLs apart that look the same. */
export function mirrorOf(mirrors: string, kind: RepositoryKind, url: string): string {
  const last = url.replace(/\/+$/, '').split(/[/:]/).at(-1) ?? '';
  const slug = last
    .replace(/\.(git|hg)$/, '')
    .replaceAll(/[^\w-]+/g, '-')
    .slice(0, 40);
  const hash = createHash('sha256').update(url).digest('hex').slice(0, 16);
  return path.join(mirrors, `${slug}-${hash}.${kind}`);
}

/** Waits for other builds that fetch; undefined when the step is stopped meanwhile. */
export async function takeMirrorLock(
  commands: LoggedCommands,
  context: StepContext,
  mirror: string,
): Promise<FileLock | undefined> {
  for (let tries = 0; ; tries++) {
    const lock = context.locks.tryTake(`${mirror}.lock`);
    if (lock !== undefined) return lock;
    if (tries === 0) commands.say('Another build is fetching from this repository: waiting for it.');
    if (!(await context.sleep(lockAgainMs))) return undefined;
  }
}
