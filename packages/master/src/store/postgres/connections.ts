import pg from 'pg';
import { parseStoreUrl, shownPlace } from '../../config/store-url.ts';

/** PostgreSQL's type numbers (pg_type.oid). */
const int8 = 20;
const numeric = 1700;

/** Whole numbers of the store have 53 bits, and sums of them come as `numeric`: all are numbers here. */
const types: pg.CustomTypesConfig = {
  getTypeParser: (type, format) =>
    [int8, numeric].includes(type) ? Number : pg.types.getTypeParser(type, format),
};

export interface PostgresConnection {
  /** `postgres://user:password@host:port/database`; what it leaves out is taken from PGPASSWORD, ~/.pgpass ... */
  readonly url?: string;
  readonly host?: string;
  readonly port?: number;
  readonly user?: string;
  readonly database?: string;
}

function configOf({ url, ...rest }: PostgresConnection): pg.ClientConfig {
  return {
    ...(url === undefined ? rest : { connectionString: url }),
    types,
    application_name: 'millrace',
    keepAlive: true,
    connectionTimeoutMillis: 10_000,
  };
}

/** Where a connection leads, for people. */
export function placeOf({ url, host = 'localhost', port = 5432, database = '' }: PostgresConnection): string {
  return shownPlace(url === undefined ? { host, port: String(port), database } : parseStoreUrl(url));
}

/** Connections for operations, each with one at a time. */
export function openPool(connection: PostgresConnection, max: number): pg.Pool {
  return new pg.Pool({ ...configOf(connection), max, idleTimeoutMillis: 60_000 });
}

/** A connection by itself, for listening. */
export function newClient(connection: PostgresConnection): pg.Client {
  return new pg.Client(configOf(connection));
}
