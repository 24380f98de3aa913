import type { Worker } from 'node:worker_threads';
import { systemClock } from '@millrace/kernel/clock';
import { ConfigThread } from '../config/thread/config-thread.ts';
import { beginStoreThread } from '../store/sqlite/thread/begin-store-thread.ts';
import { printTo } from './print-to.ts';

export interface ThreadsWanted {
  readonly configFile: string;
  readonly log: (line: string) => void;
  /** A database's URL; absent: the config may name one, and most do not. */
  readonly store?: string;
  readonly storeInPlace?: boolean;
}

/** What a master's start waits for, on its way. */
export interface BegunThreads {
  /** Loaded. Rejects with a ConfigError. */
  readonly config: Promise<ConfigThread>;
  /** Nobody's yet; null: the store is none with a thread. */
  readonly store: Worker | null;
}

/**
 * Begins the threads of a master. Both take longer than the rest of the master's code to be loaded: whoever loads that
 * calls this first, and imports little for it.
 */
export function beginThreads({ configFile, log, store, storeInPlace }: ThreadsWanted): BegunThreads {
  const config = ConfigThread.open({ file: configFile, clock: systemClock, print: printTo(log) });
  // Whoever starts the master awaits it; until then nobody does.
  config.catch(() => undefined);
  return { config, store: store === undefined && storeInPlace !== true ? beginStoreThread() : null };
}
