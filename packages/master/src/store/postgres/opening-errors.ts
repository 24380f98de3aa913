import { codeOf, messageOf, MillraceError } from '@millrace/kernel/errors';
import { tellDatabaseError } from './database-errors.ts';

/** The oldest PostgreSQL (server_version_num) that the schema needs: transaction numbers as `xid8`. */
const versionMin = 130_000;

/** What a person can do about it, by PostgreSQL's codes (postgresql.org/docs/current/errcodes-appendix.html). */
const remedies: Readonly<Record<string, readonly [code: string, what: string]>> = {
  '28P01': [
    'store-refused',
    'it refuses the user or the password. Give the password by MILLRACE_STORE, PGPASSWORD or ~/.pgpass.',
  ],
  '28000': [
    'store-refused',
    'it does not let this user in from here. Look at its pg_hba.conf and at the user in the URL.',
  ],
  '3D000': ['store-missing', 'there is no such database. Make it: createdb, or "create database".'],
  '42501': [
    'store-forbidden',
    'this user may not make tables there. Let it own the database, or grant it: grant all on schema public.',
  ],
  '25006': ['store-read-only', 'it can only be read: it is a standby. Give the primary.'],
};

/** pg's own words where the server wants a password and none was given. */
const noPassword = /password must be a (non-empty )?string/;

/** What went wrong while a database was opened, with its place and what to do. What has a code of ours stays. */
export function tellOpeningError(error: unknown, place: string): unknown {
  if (error instanceof MillraceError) return error;
  const remedy = remedies[noPassword.test(messageOf(error)) ? '28P01' : (codeOf(error) ?? '')];
  if (remedy) {
    const [code, what] = remedy;
    return new MillraceError(code, `PostgreSQL has been asked for ${place}, and ${what}`, { cause: error });
  }
  const told = tellDatabaseError(error);
  if (codeOf(told) !== 'store-unreachable') return told;
  return new MillraceError(
    'store-unreachable',
    `PostgreSQL cannot be reached for ${place}: ${reasonOf(error)}. Is it running, and is the URL right?`,
    { cause: error },
  );
}

/** Several addresses of one name fail each for itself, and together say nothing. */
function reasonOf(error: unknown): string {
  if (error instanceof AggregateError && error.message === '')
    return error.errors.map((one) => messageOf(one)).join('; ');
  return messageOf(error);
}

/** @param version as `show server_version_num` tells it @throws MillraceError `postgres-too-old` */
export function refuseOldServer(version: number): void {
  if (version >= versionMin) return;
  throw new MillraceError(
    'postgres-too-old',
    `This is PostgreSQL ${Math.floor(version / 10_000)}; millrace needs ${versionMin / 10_000} or later. Upgrade it, or keep the store in the data folder.`,
  );
}
