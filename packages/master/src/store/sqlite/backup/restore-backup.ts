import { existsSync } from 'node:fs';
import { mkdir, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { MillraceError } from '@millrace/kernel/errors';
import { randomId } from '@millrace/kernel/ids';
import type { Random } from '@millrace/kernel/random';
import { lockDataFolder } from '../data-folder-lock.ts';
import { tellSqliteError } from '../sqlite-errors.ts';
import { copyFile, syncFile } from './copy-file.ts';
import type { Manifest } from './manifest.ts';
import { unfinished } from './unfinished-restore.ts';
import { verifyBackup } from './verify-backup.ts';

export interface RestoreOptions {
  readonly from: string;
  /** A data folder without a record in it. */
  readonly data: string;
  readonly random: Random;
  readonly onProgress?: (done: number, of: number, bytes: number) => void;
}

/**
 * Puts a whole backup into an empty data folder. The store has a new epoch from then on: what happened after the backup
 * is gone, and cursors that speak of it must not be misread.
 *
 * @throws MillraceError `data-exists`, `backup-damaged`, `no-backup`, `folder-in-use`, `disk-full`
 */
export async function restoreBackup(options: RestoreOptions): Promise<Manifest> {
  const { from, data } = options;
  await refuseUsed(data);
  const { manifest, problems } = await verifyBackup(from);
  if (problems.length > 0)
    throw new MillraceError(
      'backup-damaged',
      `The backup ${from} is not whole: ${problems.slice(0, 3).join('; ')}. Nothing was restored; take another one.`,
    );
  await mkdir(data, { recursive: true });
  const release = lockDataFolder(data);
  try {
    await begin(data);
    let bytes = 0;
    for (const [index, file] of manifest.files.entries()) {
      const to = join(data, file.path === 'millrace.db' ? unfinished : file.path);
      if (file.path === 'millrace.db') await rm(to);
      bytes += (await copyFile(join(from, file.path), to)).bytes;
      options.onProgress?.(index + 1, manifest.files.length, bytes);
    }
    giveEpoch(join(data, unfinished), options.random);
    await rename(join(data, unfinished), join(data, 'millrace.db'));
    for (const folder of [join(data, 'segments'), data, dirname(data)]) await syncFile(folder);
    return manifest;
  } catch (error) {
    throw tellSqliteError(error);
  } finally {
    release();
  }
}

/** Empties the places of what comes, after a restore that was cut off, too. */
async function begin(data: string): Promise<void> {
  await writeFile(join(data, unfinished), '');
  await rm(join(data, 'segments'), { recursive: true, force: true });
  for (const suffix of ['-wal', '-shm', '-journal'])
    await rm(join(data, unfinished + suffix), { force: true });
  await mkdir(join(data, 'segments'));
}

/** Mirrors of repositories and a worker's folder may be there: they are no part of the record. */
async function refuseUsed(data: string): Promise<void> {
  const segments = join(data, 'segments');
  const cutOff = existsSync(join(data, unfinished));
  const used =
    ['millrace.db', 'millrace.db-wal'].some((name) => existsSync(join(data, name))) ||
    (!cutOff && existsSync(segments) && (await readdir(segments)).length > 0);
  if (!used) return;
  throw new MillraceError(
    'data-exists',
    `There is a record in ${data} already, and a restore overwrites nothing. Give a new --data, or move the old one away.`,
  );
}

function giveEpoch(file: string, random: Random): void {
  const database = new DatabaseSync(file);
  try {
    database.exec('pragma synchronous = full');
    database.prepare(`update meta set value = ? where key = 'epoch'`).run(randomId(random, 9));
  } finally {
    database.close();
  }
}
