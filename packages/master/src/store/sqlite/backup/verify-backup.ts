import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { codeOf } from '@millrace/kernel/errors';
import { readManifest, sha256Of } from './manifest.ts';
import type { BackedUpFile, Manifest } from './manifest.ts';

export interface Verified {
  readonly manifest: Manifest;
  /** Sentences, one for each thing that is wrong. Empty: it is whole. */
  readonly problems: readonly string[];
  readonly builds: number;
  readonly logs: number;
}

/**
 * Reads all of a backup: every file is as long as its list says and has its SHA-256, the database is sound, and every
 * piece of a log lies within its segment.
 *
 * @throws MillraceError `no-backup`, `backup-too-new`
 */
export async function verifyBackup(
  folder: string,
  onProgress?: (done: number, of: number) => void,
): Promise<Verified> {
  const manifest = readManifest(folder);
  const problems: string[] = [];
  for (const [index, file] of manifest.files.entries()) {
    problems.push(...(await fileProblems(folder, file)));
    onProgress?.(index + 1, manifest.files.length);
  }
  if (problems.length > 0) return { manifest, problems, builds: 0, logs: 0 };
  const lengths = new Map(manifest.files.map(({ path, bytes }) => [path, bytes]));
  const content = databaseContent(join(folder, 'millrace.db'), lengths);
  return { manifest, ...content };
}

async function fileProblems(folder: string, file: BackedUpFile): Promise<readonly string[]> {
  try {
    const { bytes, sha256 } = await sha256Of(join(folder, file.path));
    if (bytes !== file.bytes) return [`${file.path} has ${bytes} bytes, not ${file.bytes}`];
    return sha256 === file.sha256 ? [] : [`${file.path} is not what was backed up: its SHA-256 differs`];
  } catch (error) {
    if (codeOf(error) !== 'ENOENT') throw error;
    return [`${file.path} is missing`];
  }
}

function databaseContent(
  file: string,
  lengths: ReadonlyMap<string, number>,
): Pick<Verified, 'problems' | 'builds' | 'logs'> {
  const database = new DatabaseSync(file, { readOnly: true });
  try {
    const check = database.prepare('pragma integrity_check(10)').all();
    const unsound = check.map((row) => String(row['integrity_check'])).filter((word) => word !== 'ok');
    const reaches = database
      .prepare(
        'select segment, max(place + stored_bytes) as reach from chunks where segment is not null group by segment',
      )
      .all()
      .map((row) => ({ path: `segments/${String(row['segment'])}.seg`, reach: Number(row['reach']) }));
    const short = reaches.filter(({ path, reach }) => (lengths.get(path) ?? 0) < reach);
    return {
      problems: [
        ...unsound.map((word) => `millrace.db: ${word}`),
        ...short.map(
          ({ path, reach }) => `${path} has ${lengths.get(path) ?? 0} bytes, and logs need ${reach}`,
        ),
      ],
      builds: count(database, 'builds'),
      logs: count(database, 'logs'),
    };
  } finally {
    database.close();
  }
}

function count(database: DatabaseSync, table: 'builds' | 'logs'): number {
  return Number(database.prepare(`select count(*) as count from ${table}`).get()?.['count']);
}
