import { mkdirSync } from 'node:fs';
import type { MessagePort, Worker } from 'node:worker_threads';
import { systemClock } from '@millrace/kernel/clock';
import type { Clock } from '@millrace/kernel/clock';
import { systemRandom } from '@millrace/kernel/random';
import type { Store } from '../store.ts';
import { refuseHalfRestored } from './backup/unfinished-restore.ts';
import { lockDataFolder } from './data-folder-lock.ts';
import type { GroupRunner } from './group-runner.ts';
import { InPlaceRunner } from './in-place-runner.ts';
import { openBytesReader, openEngine, openReader } from './open-engine.ts';
import type { Synchronous } from './open-engine.ts';
import { commitWindowMs, SqliteStore } from './sqlite-store.ts';
import type { QueryReader } from './sqlite-store.ts';
import { tellSqliteError } from './sqlite-errors.ts';
import type { ThreadOptions } from './thread/wire.ts';
import { ThreadRunner } from './thread/thread-runner.ts';

export interface SqliteOptions {
  /** The data folder. It is made where it is not there. */
  readonly folder: string;
  /** Run operations in this thread instead of one of the store's own: docs/decisions/0001-store-thread.md. */
  readonly inPlace?: boolean;
  readonly synchronous?: Synchronous;
  readonly clock?: Clock;
  readonly commitWindowMs?: number;
  /** The store's thread has died, and nothing can be read or written any more: the process had better end. */
  readonly onDeath?: (error: Error) => void;
  /** Modules (their URLs) with operations that the store does not bring itself. */
  readonly operationModules?: readonly string[];
  /** Where the store's thread, if it has one, is asked to sample itself (`thread/self-sampler.ts`). */
  readonly sampling?: MessagePort;
  /** A thread that has begun already (`beginStoreThread`); one is begun where none is given. */
  readonly thread?: Worker;
}

/**
 * Opens the store in a data folder, which is this process's alone from then on.
 * @throws MillraceError `folder-in-use`, `restore-unfinished`, `schema-too-new`, `disk-full`
 */
export async function openSqlite(options: SqliteOptions): Promise<Store> {
  const {
    folder,
    inPlace = false,
    synchronous = 'full',
    clock = systemClock,
    operationModules = [],
  } = options;
  mkdirSync(folder, { recursive: true });
  const release = lockDataFolder(folder);
  try {
    refuseHalfRestored(folder);
    const { epoch, runner, reader, endReading } = inPlace
      ? openInPlace(folder, synchronous, clock)
      : await openThread(
          { folder, synchronous, operationModules, sampling: options.sampling },
          clock,
          options.onDeath,
          options.thread,
        );
    const windowMs = options.commitWindowMs ?? commitWindowMs;
    const bytes = openBytesReader(folder);
    return new SqliteStore({ epoch, runner, reader, endReading, bytes, clock, windowMs, release });
  } catch (error) {
    release();
    throw tellSqliteError(error);
  }
}

interface Opened {
  readonly epoch: string;
  readonly runner: GroupRunner;
  readonly reader: QueryReader;
  endReading(this: void): void;
}

function openInPlace(folder: string, synchronous: Synchronous, clock: Clock): Opened {
  const opened = openEngine({ folder, synchronous, now: () => clock.now(), random: systemRandom });
  return { epoch: opened.epoch, runner: new InPlaceRunner(opened), reader: opened.reader, endReading() {} };
}

async function openThread(
  options: ThreadOptions,
  clock: Clock,
  onDeath: SqliteOptions['onDeath'],
  thread: Worker | undefined,
): Promise<Opened> {
  const { runner, epoch } = await ThreadRunner.open(options, clock, onDeath, thread);
  const { reader, close } = openReader(options.folder, () => clock.now());
  return { epoch, runner, reader, endReading: close };
}
