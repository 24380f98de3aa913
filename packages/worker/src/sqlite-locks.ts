import fs from 'node:fs';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { MillraceError } from '@millrace/kernel/errors';
import type { FileLocks } from './file-lock.ts';

/**
 * Node has no flock; a SQLite file in an exclusive transaction serves: a second process is refused, and the
 * kernel lets go of it when the first is killed. The file stays, empty.
 *
 * @throws MillraceError `lock-failed` when the file cannot be had.
 */
export const sqliteLocks: FileLocks = {
  tryTake(file) {
    let database: DatabaseSync | undefined;
    try {
      fs.mkdirSync(path.dirname(file), { recursive: true });
      database = new DatabaseSync(file, { timeout: 0 });
      // Without a journal on disk: nothing is ever written.
      database.exec('pragma journal_mode = memory; begin exclusive');
    } catch (cause) {
      database?.close();
      if (isBusy(cause)) return undefined;
      const why = cause instanceof Error ? cause.message : String(cause);
      throw new MillraceError('lock-failed', `The lock ${file} cannot be taken: ${why}.`, { cause });
    }
    const held = database;
    return {
      release: () => {
        if (held.isOpen) held.close();
      },
    };
  },
};

/** SQLITE_BUSY and SQLITE_LOCKED, with their extended codes: https://www.sqlite.org/rescode.html */
function isBusy(thrown: unknown): boolean {
  if (!(thrown instanceof Error) || !('errcode' in thrown) || typeof thrown.errcode !== 'number')
    return false;
  return [5, 6].includes(thrown.errcode & 0xff);
}
