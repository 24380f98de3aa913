import { existsSync } from 'node:fs';
import { link, mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { codeOf, MillraceError } from '@millrace/kernel/errors';
import { lockBackups } from '../data-folder-lock.ts';
import { tellSqliteError } from '../sqlite-errors.ts';
import { copyFile, syncFile } from './copy-file.ts';
import { manifestFormat, manifestName, sha256Of } from './manifest.ts';
import type { BackedUpFile, Manifest } from './manifest.ts';

export interface BackupOptions {
  /** The data folder of a master, which may work on it meanwhile. */
  readonly data: string;
  /** Where the backup is to be: a folder that is not there yet, or is empty. */
  readonly to: string;
  readonly now: () => number;
  /** Told after each file: how many of how many, and the bytes so far. */
  readonly onProgress?: (done: number, of: number, bytes: number) => void;
}

/** Folders of links that a backup leaves in the data folder only when it is killed. */
const linksPrefix = 'backup-';
const busyMs = 30_000;

/**
 * Takes a backup beside a master that works. The database is read in one transaction, which no writer waits for; the
 * segments that it names are linked before, so that what is removed meanwhile can still be copied.
 *
 * @throws MillraceError `no-store`, `backup-exists`, `backup-running`, `disk-full`
 */
export async function takeBackup(options: BackupOptions): Promise<Manifest> {
  const { data, to } = options;
  if (!existsSync(join(data, 'millrace.db')))
    throw new MillraceError('no-store', `There is no record in ${data}: give the --data of the master.`);
  await makeEmpty(to);
  const release = lockBackups(data);
  try {
    return await takeAlone(options);
  } catch (error) {
    throw tellSqliteError(error);
  } finally {
    release();
  }
}

async function takeAlone({ data, to, now, onProgress }: BackupOptions): Promise<Manifest> {
  await removeStale(data);
  const links = await mkdtemp(join(data, linksPrefix));
  try {
    const takenAt = now();
    await linkSegments(data, links);
    const database = join(to, 'millrace.db');
    snapshot(join(data, 'millrace.db'), database);
    await syncFile(database);
    await linkSegments(data, links);
    const { schema, epoch, segments } = contentOf(database);
    const files: BackedUpFile[] = [{ path: 'millrace.db', ...(await sha256Of(database)) }];
    let bytes = files[0]?.bytes ?? 0;
    onProgress?.(1, segments.length + 1, bytes);
    for (const [index, segment] of segments.entries()) {
      const path = `segments/${segment.id}.seg`;
      const copied = await copySegment(join(links, `${segment.id}.seg`), join(to, path), segment.bytes);
      if (copied) files.push({ path, ...copied });
      bytes += copied?.bytes ?? 0;
      onProgress?.(index + 2, segments.length + 1, bytes);
    }
    const manifest: Manifest = { format: manifestFormat, schema, epoch, takenAt, files };
    await writeFile(join(to, manifestName), `${JSON.stringify(manifest, null, 2)}\n`, { flush: true });
    for (const folder of [join(to, 'segments'), to, dirname(to)]) await syncFile(folder);
    return manifest;
  } finally {
    await rm(links, { recursive: true, force: true });
  }
}

async function makeEmpty(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  if ((await readdir(folder)).length > 0)
    throw new MillraceError(
      'backup-exists',
      `${folder} is not empty, and a backup overwrites nothing. Give a folder that is not there yet.`,
    );
  await mkdir(join(folder, 'segments'));
}

async function removeStale(data: string): Promise<void> {
  for (const name of await readdir(data))
    if (name.startsWith(linksPrefix)) await rm(join(data, name), { recursive: true, force: true });
}

async function linkSegments(data: string, links: string): Promise<void> {
  for (const name of await readdir(join(data, 'segments'))) {
    if (!/^\d+\.seg$/.test(name)) continue;
    await link(join(data, 'segments', name), join(links, name)).catch((error: unknown) => {
      // It is linked already, or was removed since it was listed: then nothing points at it.
      if (!['EEXIST', 'ENOENT'].includes(codeOf(error) ?? '')) throw error;
    });
  }
}

/** One moment of the database, in one file without a WAL. SQLite does not sync it (sqlite.org/lang_vacuum.html). */
function snapshot(from: string, to: string): void {
  const database = new DatabaseSync(from, { timeout: busyMs });
  try {
    database.prepare('vacuum into ?').run(to);
  } finally {
    database.close();
  }
}

interface Content {
  readonly schema: number;
  readonly epoch: string;
  readonly segments: readonly { readonly id: number; readonly bytes: number }[];
}

function contentOf(file: string): Content {
  const database = new DatabaseSync(file, { readOnly: true });
  try {
    const meta = new Map(
      database
        .prepare('select key, value from meta')
        .all()
        .map((row) => [row['key'], String(row['value'])]),
    );
    const segments = database.prepare('select id, bytes from segments order by id').all();
    return {
      schema: Number(meta.get('schema')),
      epoch: meta.get('epoch') ?? '',
      segments: segments.map((row) => ({ id: Number(row['id']), bytes: Number(row['bytes']) })),
    };
  } finally {
    database.close();
  }
}

/** Undefined where the file is gone: the disk lost it before, and whoever reads its logs is told so. */
async function copySegment(
  from: string,
  to: string,
  bytes: number,
): Promise<Omit<BackedUpFile, 'path'> | undefined> {
  try {
    return await copyFile(from, to, bytes);
  } catch (error) {
    if (codeOf(error) !== 'ENOENT') throw error;
    return undefined;
  }
}
