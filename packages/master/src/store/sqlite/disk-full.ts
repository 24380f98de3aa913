import { codeOf, MillraceError } from '@millrace/kernel/errors';

/** SQLITE_FULL. */
const sqliteFull = 13;

/** SQLite's and the file system's words for a full disk become ours; everything else stays what it is. */
export function tellFullDisk(error: unknown): unknown {
  const code = codeOf(error);
  if (code !== 'ENOSPC' && code !== 'EDQUOT' && errcode(error) !== sqliteFull) return error;
  return new MillraceError(
    'disk-full',
    'The disk under the data folder is full: nothing can be recorded until there is room. Free some space; no restart is needed.',
    { cause: error },
  );
}

function errcode(error: unknown): number | undefined {
  if (error instanceof Error && 'errcode' in error && typeof error.errcode === 'number') return error.errcode;
  return undefined;
}
