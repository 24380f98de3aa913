import type { DatabaseSync } from 'node:sqlite';
import { assert } from '@millrace/kernel/assert';
import type { SegmentDisk } from './segment-disk.ts';
import { SegmentWriter } from './segment-writer.ts';

interface SegmentRow {
  id: number;
  bytes: number;
  sealed: number;
}

/**
 * Brings the files to what the rows say: cuts off what no commit points at, removes files that no row knows. A file
 * that is shorter than its row is left as it is and not written to again: what is missing of it is told to whoever reads it.
 */
export function recoverSegments(database: DatabaseSync, disk: SegmentDisk, bytesMax?: number): SegmentWriter {
  const known = database
    .prepare('select id, bytes, sealed from segments order by id')
    .all() as unknown as SegmentRow[];
  const files = new Set(disk.list());
  const ids = new Set(known.map((row) => row.id));
  for (const segment of files) if (!ids.has(segment)) disk.remove(segment);
  const last = known.at(-1);
  const next = (last?.id ?? 0) + 1;
  if (!last || last.sealed === 1 || !files.has(last.id))
    return new SegmentWriter(disk, { segment: next, bytes: 0 }, bytesMax);
  const file = disk.open(last.id);
  try {
    const size = file.size();
    if (size < last.bytes) return new SegmentWriter(disk, { segment: next, bytes: 0 }, bytesMax);
    if (size > last.bytes) file.truncate(last.bytes);
    assert(file.size() === last.bytes, 'a segment ends where its row says');
  } finally {
    file.close();
  }
  return new SegmentWriter(disk, { segment: last.id, bytes: last.bytes }, bytesMax);
}
