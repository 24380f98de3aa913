import { mkdirSync } from 'node:fs';
import { hostname } from 'node:os';
import { MessageChannel } from 'node:worker_threads';
import type { MessagePort } from 'node:worker_threads';
import { lockDataFolder } from '../store/sqlite/data-folder-lock.ts';
import { openSqlite } from '../store/sqlite/open.ts';
import type { SqliteOptions } from '../store/sqlite/open.ts';
import type { Store } from '../store/store.ts';

export interface StoreChoice extends Pick<SqliteOptions, 'inPlace' | 'onDeath' | 'thread'> {
  /** A database's URL; null: everything is kept in the data folder. */
  readonly url: string | null;
  readonly dataFolder: string;
}

export interface ChosenStore {
  readonly store: Store;
  /** Nobody else can have it open: whoever had this master's name before is dead. */
  readonly alone: boolean;
  /** Where its thread is asked to sample itself; null: it has none. */
  readonly sampling: MessagePort | null;
  close(): Promise<void>;
}

/**
 * Opens the store that a master was told to keep. With a database the data folder is still the master's own: its
 * mirrors of repositories lie there.
 *
 * @throws MillraceError `folder-in-use`, and what opening a store of its kind throws
 */
export async function openStore(choice: StoreChoice): Promise<ChosenStore> {
  const { url, dataFolder, ...rest } = choice;
  if (url === null) {
    const { port1: sampling, port2: sampler } = new MessageChannel();
    const store = await openSqlite({ folder: dataFolder, ...rest, sampling: sampler });
    return {
      store,
      alone: true,
      sampling: rest.inPlace ? null : sampling,
      close: () => store.close(),
    };
  }
  mkdirSync(dataFolder, { recursive: true });
  const release = lockDataFolder(dataFolder);
  try {
    // Its driver is loaded where there is a database: most masters have none.
    const { openPostgres } = await import('../store/postgres/open.ts');
    const store = await openPostgres({ connection: { url } });
    return { store, alone: false, sampling: null, close: () => store.close().finally(release) };
  } catch (error) {
    release();
    throw error;
  }
}

/** Masters that share a database need a name each: the machine's, in the letters that names have. */
export function defaultMasterName(url: string | null): string {
  if (url === null) return 'master';
  const name = hostname()
    .replaceAll(/[^A-Za-z0-9._-]/g, '-')
    .replace(/^[^A-Za-z0-9]+/, '')
    .slice(0, 100);
  return name === '' ? 'master' : name;
}
