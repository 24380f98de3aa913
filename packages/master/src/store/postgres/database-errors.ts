import { codeOf, MillraceError } from '@millrace/kernel/errors';

/**
 * What two operations at once may do to each other and one after the other would not: a serialisation failure, a deadlock, a
 * key that the other has just taken. The whole operation is run again.
 */
const retriedCodes: ReadonlySet<string> = new Set(['40001', '40P01', '23505']);

export function mayBeRunAgain(error: unknown): boolean {
  return retriedCodes.has(codeOf(error) ?? '');
}

const fullCodes: ReadonlySet<string> = new Set(['53100', 'ENOSPC']);
/** Node's, and the class "connection exception" and the shutdowns of PostgreSQL. */
const unreachableCode =
  /^(E(CONNREFUSED|CONNRESET|PIPE|NOENT|NOTFOUND|HOSTUNREACH|NETUNREACH|TIMEDOUT|AI_AGAIN)|08...|57P0[123]|53300)$/;

/** The connection is not fit for anybody any more. */
export function isUnreachable(error: unknown): boolean {
  const code = codeOf(error);
  if (code !== undefined) return unreachableCode.test(code);
  return (
    error instanceof Error &&
    /^(Connection terminated|timeout exceeded when trying to connect|timeout expired)/.test(error.message)
  );
}

/** Errors of the database that a user can do something about become ours; everything else stays what it is. */
export function tellDatabaseError(error: unknown): unknown {
  if (fullCodes.has(codeOf(error) ?? '')) {
    return new MillraceError(
      'disk-full',
      "The database's disk is full: nothing can be recorded until there is room. Free some space; no restart is needed.",
      { cause: error },
    );
  }
  if (isUnreachable(error)) {
    return new MillraceError(
      'store-unreachable',
      'The database is not to be reached. Whether what was under way has been recorded is not known: asking again is safe.',
      { cause: error },
    );
  }
  return error;
}
