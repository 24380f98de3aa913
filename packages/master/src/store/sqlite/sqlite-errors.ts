import { codeOf, MillraceError } from '@millrace/kernel/errors';

/** SQLite's primary result codes (sqlite.org/rescode.html). */
const busy = 5;
const full = 13;

/** Errors of SQLite and of the file system that a user can do something about become ours; everything else stays what it is. */
export function tellSqliteError(error: unknown): unknown {
  if (isDiskFull(error)) {
    return new MillraceError(
      'disk-full',
      'The disk under the data folder is full: nothing can be recorded until there is room. Free some space; no restart is needed.',
      { cause: error },
    );
  }
  if (isBusy(error)) {
    return new MillraceError(
      'store-busy',
      'Another program holds the database in the data folder. End it: only the master writes there.',
      { cause: error },
    );
  }
  return error;
}

export function isBusy(error: unknown): boolean {
  return errcode(error) === busy;
}

export function isDiskFull(error: unknown): boolean {
  return errcode(error) === full || ['ENOSPC', 'EDQUOT'].includes(codeOf(error) ?? '');
}

/** The primary code, without its extension. */
function errcode(error: unknown): number | undefined {
  if (error instanceof Error && 'errcode' in error && typeof error.errcode === 'number')
    return error.errcode & 0xff;
  return undefined;
}
