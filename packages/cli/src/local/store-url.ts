import { MillraceError } from '@millrace/kernel/errors';
import { parseStoreUrl } from '@millrace/master/config/store-url';

/** The variable that names the store where the command line does not. */
const variable = 'MILLRACE_STORE';

/**
 * The URL of the store: the command line's, or that of the environment, which is taken out of it: it may hold a
 * password, and what this process starts does not inherit it.
 *
 * @throws MillraceError `store-url`, `store-password`; neither repeats the URL
 */
export function storeUrl(given: string | undefined, env: NodeJS.ProcessEnv): string | undefined {
  const inherited = env[variable];
  delete env[variable];
  const url = given ?? (inherited === '' ? undefined : inherited);
  if (url === undefined) return undefined;
  const { hasPassword } = parseStoreUrl(url);
  // A command line can be read by everybody on the machine.
  if (given !== undefined && hasPassword)
    throw new MillraceError(
      'store-password',
      `The URL of --store holds a password, which everybody on this machine could read. Give it by ${variable}, PGPASSWORD or ~/.pgpass, and change this one.`,
    );
  return url;
}
