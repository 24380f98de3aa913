import { createHash } from 'node:crypto';
import os from 'node:os';
import path from 'node:path';

/**
 * Where builds of this person's run, outside of every repository: what a tool looks for in the folders above it is
 * not found there. One for each thing that is built, so that what one has left speeds up the next.
 * @param what Whatever tells it from others: a path, an address.
 * @param name For people.
 */
export function cacheFolder(
  kind: 'run' | 'reproduce',
  name: string,
  what: string,
  env: Readonly<Record<string, string | undefined>>,
): string {
  const given = env['XDG_CACHE_HOME'];
  const base = given !== undefined && path.isAbsolute(given) ? given : path.join(os.homedir(), '.cache');
  const slug = name.replaceAll(/[^A-Za-z0-9._-]+/g, '-').slice(0, 40);
  const hash = createHash('sha256').update(what).digest('hex').slice(0, 8);
  return path.join(base, 'millrace', kind, `${slug}-${hash}`);
}
