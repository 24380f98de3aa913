import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { Examination } from '../examination.ts';
import { idleDuties, toldIdle } from '../idle-duties.ts';
import { segmentPath } from './segment-disk.ts';

const busyMs = 5_000;
/** A WAL above this is not folded back: something reads for ever. */
const walBytesMax = 512 * 1024 ** 2;

/**
 * Looks at a data folder beside its master: the database (`quick_check` reads all of it), and whether each segment is
 * there and as long as its row says.
 *
 * @throws what opening a database throws
 */
export function examineDataFolder(folder: string, now: number): Examination {
  const file = join(folder, 'millrace.db');
  const database = new DatabaseSync(file, { timeout: busyMs });
  try {
    database.exec('pragma query_only = on');
    const check = database.prepare('pragma quick_check(5)').all();
    const unsound = check.map((row) => String(row['quick_check'])).filter((word) => word !== 'ok');
    const schema = database.prepare(`select value from meta where key = 'schema'`).get();
    const known = database.prepare('select id, bytes from segments order by id').all();
    const segments = known.map((row) => ({ id: Number(row['id']), bytes: Number(row['bytes']) }));
    return {
      schema: Number(schema?.['value'] ?? 0),
      damages: [...unsound.map((word) => `millrace.db: ${word}`), ...shortSegments(folder, segments)],
      oddities: [
        ...odditiesOf(folder),
        ...database
          .prepare(idleDuties.sqlite)
          .all(now, now)
          .map((row) => toldIdle(String(row['name']))),
      ],
      bytes: segments.reduce((sum, { bytes }) => sum + bytes, sizeOf(file) ?? 0),
      clockAheadMs: null,
    };
  } finally {
    database.close();
  }
}

function shortSegments(
  folder: string,
  known: readonly { readonly id: number; readonly bytes: number }[],
): string[] {
  return known.flatMap(({ id, bytes }) => {
    const size = sizeOf(segmentPath(join(folder, 'segments'), id));
    if (size === undefined) return [`segments/${id}.seg is missing: the logs in it cannot be read`];
    return size < bytes ? [`segments/${id}.seg has ${size} bytes, and ${bytes} were recorded`] : [];
  });
}

function odditiesOf(folder: string): string[] {
  const wal = sizeOf(join(folder, 'millrace.db-wal')) ?? 0;
  const left = readdirSync(folder).filter((name) => name.startsWith('backup-'));
  return [
    ...(wal > walBytesMax ? [`the WAL has ${wal} bytes: some program reads the database for ever`] : []),
    ...(left.length > 0 ? [`a backup is under way, or was killed: ${left.join(', ')}`] : []),
  ];
}

function sizeOf(file: string): number | undefined {
  return statSync(file, { throwIfNoEntry: false })?.size;
}
