import fs from 'node:fs';
import type { Clock } from '@millrace/kernel/clock';
import { sleep } from '@millrace/kernel/clock';
import { codeOf, MillraceError } from '@millrace/kernel/errors';
import type { FileLock } from './file-lock.ts';
import { sqliteLocks } from './sqlite-locks.ts';

/**
 * Takes what only one process may have: a data folder, the agent's or a slot's place in it. The kernel releases it
 * when the process ends, however it ends; a number in a file that is left over decides nothing. The owner's
 * process id is written beside the lock, for messages and for {@link lockOwner}.
 *
 * On a network file system it is worth as much as that system's locks.
 *
 * @throws MillraceError `in-use` when another process holds it.
 */
export function takeLock(path: string): FileLock {
  const lock = sqliteLocks.tryTake(path);
  if (lock === undefined) {
    const pid = writtenOwner(path);
    const who = pid === undefined ? 'another process' : `process ${pid}`;
    throw new MillraceError('in-use', `${path} is held by ${who}.`);
  }
  fs.writeFileSync(ownerFile(path), `${process.pid}\n`);
  return lock;
}

/** How long somebody who only looks whether a lock is held, or the last owner's end, may stand in the way. */
const soonMs = 2_000;

/** Takes a lock that is about to be free. @throws MillraceError `in-use` when it is still held after a moment. */
export async function takeLockSoon(path: string, clock: Clock): Promise<FileLock> {
  const until = clock.monotonicMs() + soonMs;
  for (;;) {
    try {
      return takeLock(path);
    } catch (error) {
      if (codeOf(error) !== 'in-use' || clock.monotonicMs() >= until) throw error;
      await sleep(clock, 20);
    }
  }
}

/** Whether some process holds the lock now. Whoever takes it at this very moment is refused and has to try again. */
export function lockHeld(path: string): boolean {
  if (!fs.existsSync(path)) return false;
  const lock = sqliteLocks.tryTake(path);
  lock?.release();
  return lock === undefined;
}

/** The process that holds the lock; undefined where it is free, or its owner has not said so yet. */
export function lockOwner(path: string): number | undefined {
  return lockHeld(path) ? writtenOwner(path) : undefined;
}

function writtenOwner(path: string): number | undefined {
  try {
    const pid = Number(fs.readFileSync(ownerFile(path), 'utf8'));
    return Number.isSafeInteger(pid) && pid > 0 ? pid : undefined;
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw error;
  }
}

function ownerFile(path: string): string {
  return `${path}.owner`;
}
