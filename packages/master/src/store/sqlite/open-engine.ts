import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { Random } from '@millrace/kernel/random';
import type { BytesKeeper, BytesReader } from './bytes-keeper.ts';
import { SqliteEngine } from './engine.ts';
import type { CommitHooks } from './engine.ts';
import { MemoryBytes } from './memory-bytes.ts';
import { migrateSqlite } from './migrate.ts';
import { SqliteReader } from './reader.ts';
import { nodeSegmentDisk } from './segment-disk.ts';
import type { SegmentDisk } from './segment-disk.ts';
import { SegmentReader } from './segment-reader.ts';
import { recoverSegments } from './segments.ts';
import { Statements } from './statements.ts';

/** `full`: a commit is on the disk when it is answered. `off` is for tests that do not ask about power cuts. */
export type Synchronous = 'full' | 'off';

export interface EngineOptions {
  /** The data folder, which is there and is ours; null: in memory. */
  readonly folder: string | null;
  /** The store's clock, milliseconds since 1970. */
  readonly now: () => number;
  readonly random: Random;
  readonly synchronous?: Synchronous;
  readonly hooks?: CommitHooks;
  readonly segmentBytesMax?: number;
  readonly disk?: SegmentDisk;
  /** How long to wait for another program that holds the database. */
  readonly busyMs?: number;
}

export interface OpenedEngine {
  readonly epoch: string;
  readonly engine: SqliteEngine;
  /** Reads on the connection that writes: nothing is under way on it between two groups. */
  readonly reader: SqliteReader;
  close(): void;
}

function databasePath(folder: string): string {
  return join(folder, 'millrace.db');
}

function segmentsFolder(folder: string): string {
  return join(folder, 'segments');
}

/** Opens the store in a folder for writing: recovers it, brings it to today's schema. */
export function openEngine(options: EngineOptions & { readonly folder: string }): OpenedEngine {
  const database = openDatabase(databasePath(options.folder), options.busyMs ?? defaultBusyMs);
  try {
    database.exec(`pragma synchronous = ${options.synchronous ?? 'full'}`);
    const { epoch } = migrateSqlite(database, options.random);
    const disk = options.disk ?? nodeSegmentDisk(segmentsFolder(options.folder));
    const bytes = recoverSegments(database, disk, options.segmentBytesMax);
    return assemble(database, epoch, bytes, options);
  } catch (error) {
    database.close();
    throw error;
  }
}

/** A store that is gone with the process. Its bytes are read where they are kept. */
export function openMemoryEngine(
  options: Omit<EngineOptions, 'folder'>,
): OpenedEngine & { readonly bytes: BytesReader } {
  const database = new DatabaseSync(':memory:');
  const { epoch } = migrateSqlite(database, options.random);
  const bytes = new MemoryBytes();
  return { ...assemble(database, epoch, bytes, options), bytes };
}

/** A second connection, for reading beside the one that writes. */
export function openReader(
  folder: string,
  now: () => number,
): { readonly reader: SqliteReader; close(this: void): void } {
  const database = new DatabaseSync(databasePath(folder), { readOnly: true, timeout: defaultBusyMs });
  database.exec('pragma cache_size = -16000');
  const reader = new SqliteReader({ statements: new Statements(database), now, snapshot: true });
  return { reader, close: () => database.close() };
}

export function openBytesReader(folder: string): BytesReader {
  return new SegmentReader(segmentsFolder(folder));
}

/** A copy being made, or somebody's sqlite3, may hold the database for so long. */
const defaultBusyMs = 5_000;

function openDatabase(path: string, busyMs: number): DatabaseSync {
  const database = new DatabaseSync(path, { timeout: busyMs });
  // Folded into the database after 16 MB, not 4: each time is two waits for the disk more (213 of them for 8,000 builds
  // in groups of 64 become 174), and a page that changed often is written there once. A WAL that a long reader has let
  // grow is cut back to 64 MiB.
  database.exec(
    'pragma journal_mode = wal; pragma wal_autocheckpoint = 4000; pragma journal_size_limit = 67108864; pragma cache_size = -32000; pragma temp_store = memory',
  );
  return database;
}

function assemble(
  database: DatabaseSync,
  epoch: string,
  bytes: BytesKeeper,
  options: Pick<EngineOptions, 'now' | 'hooks'>,
): OpenedEngine {
  const statements = new Statements(database);
  const { now, hooks = {} } = options;
  return {
    epoch,
    engine: new SqliteEngine({ statements, bytes, now, hooks }),
    reader: new SqliteReader({ statements, now, snapshot: false }),
    close() {
      bytes.close();
      if (database.isOpen) database.close();
    },
  };
}
