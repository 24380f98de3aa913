import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { MillraceError } from '@millrace/kernel/errors';
import { isBusy, tellSqliteError } from './sqlite-errors.ts';

/**
 * Makes this process the one owner of a data folder.
 *
 * @returns the way to give it back
 * @throws MillraceError `folder-in-use`
 */
export function lockDataFolder(folder: string): () => void {
  return locked(join(folder, 'lock'), {
    code: 'folder-in-use',
    message: `The data folder ${folder} is in use by another master. Stop that one, or give this one another --data.`,
  });
}

/**
 * Makes this process the only one that backs a data folder up.
 *
 * @returns the way to give it back
 * @throws MillraceError `backup-running`
 */
export function lockBackups(folder: string): () => void {
  return locked(join(folder, 'backup.lock'), {
    code: 'backup-running',
    message: `Another backup of ${folder} is being taken. Wait for its end, and begin again.`,
  });
}

/**
 * The lock is the kernel's (Node has no flock, a database opened exclusively has the same): it is gone when the process
 * is, however it ended, and it lies about nobody.
 */
function locked(file: string, refusal: { readonly code: string; readonly message: string }): () => void {
  const database = new DatabaseSync(file, { timeout: 0 });
  try {
    // In memory: the lock alone counts, and a full disk is no hindrance to it.
    database.exec('pragma journal_mode = memory; pragma locking_mode = exclusive; begin exclusive');
  } catch (error) {
    database.close();
    if (!isBusy(error)) throw tellSqliteError(error);
    throw new MillraceError(refusal.code, refusal.message, { cause: error });
  }
  return () => database.close();
}
