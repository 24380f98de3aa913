import { MillraceError } from '@millrace/kernel/errors';

/** What `--store`, `MILLRACE_STORE` and the config take. */
const expected =
  'expected postgres://user@host:port/database, or postgres:///database?host=/folder/of/the/socket; ' +
  'without a store, everything is kept in the data folder';

/** Where a store's URL leads, for people: never with the password. */
export interface StorePlace {
  readonly host: string;
  readonly port: string;
  readonly database: string;
  readonly user: string;
  readonly hasPassword: boolean;
}

/** @throws MillraceError `store-url`, which does not repeat the URL: a password may stand in it */
export function parseStoreUrl(text: string): StorePlace {
  const url = parse(text);
  if (url === undefined || !['postgres:', 'postgresql:'].includes(url.protocol))
    throw new MillraceError('store-url', `The store is not the URL of a database: ${expected}.`);
  const given = (name: string): string => url.searchParams.get(name) ?? '';
  const database = decodeURIComponent(url.pathname.slice(1)) || given('dbname');
  if (database === '')
    throw new MillraceError('store-url', `The store's URL names no database: ${expected}.`);
  return {
    host: given('host') || decodeURIComponent(url.hostname) || 'localhost',
    port: given('port') || url.port || '5432',
    database,
    user: given('user') || decodeURIComponent(url.username),
    hasPassword: url.password !== '' || given('password') !== '',
  };
}

/** Whether it is the URL of a database, and holds no password. */
export function isPlainStoreUrl(value: unknown): boolean {
  try {
    return typeof value === 'string' && !parseStoreUrl(value).hasPassword;
  } catch {
    return false;
  }
}

/** `the database "ci" on db.example.org:5432`. */
export function shownPlace({ host, port, database }: Pick<StorePlace, 'host' | 'port' | 'database'>): string {
  return `the database "${database}" on ${host.startsWith('/') ? host : `${host}:${port}`}`;
}

/** `postgres://user@/database?host=...` has no host, which the URL standard does not know. */
function parse(text: string): URL | undefined {
  for (const one of [text, text.replace('@/', '@localhost/')]) {
    try {
      return new URL(one);
    } catch {
      // Not this way.
    }
  }
  return undefined;
}
