import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { MillraceError } from '@millrace/kernel/errors';
import { isBusy, tellSqliteError } from './sqlite-errors.ts';

/**
 * Makes this process the one owner of a data folder. The lock is the kernel's (Node has no flock, a database opened
 * exclusively has the same): it is gone when the process is, however it ended, and it lies about nobody.
 *
 * @returns the way to give it back
 * @throws MillraceError `folder-in-use`
 */
export function lockDataFolder(folder: string): () => void {
  const database = new DatabaseSync(join(folder, 'lock'), { timeout: 0 });
  try {
    // In memory: the lock alone counts, and a full disk is no hindrance to it.
    database.exec('pragma journal_mode = memory; pragma locking_mode = exclusive; begin exclusive');
  } catch (error) {
    database.close();
    if (!isBusy(error)) throw tellSqliteError(error);
    throw new MillraceError(
      'folder-in-use',
      `The data folder ${folder} is in use by another master. Stop that one, or give this one another --data.`,
      { cause: error },
    );
  }
  return () => database.close();
}
