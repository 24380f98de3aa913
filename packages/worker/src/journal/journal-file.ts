import path from 'node:path';
import type { Holding } from '@millrace/protocol/agent/messages';
import { journalStart } from '@millrace/protocol/journal/codec';
import type { Position } from '@millrace/protocol/journal/record';
import type { Disk } from '../disk.ts';

/** A build's journal on disk: `<spool>/journals/<build>-<fence>.journal`. */
export interface JournalFile extends Holding {
  readonly path: string;
  /**
   * What stands before the file's first byte. The start, but for the end of a journal whose tail the machine
   * lost and the store had: there the file's name says it, `<build>-<fence>.from-<seq>-<byte>-<hash>.journal`.
   */
  readonly base: Position;
}

const nameOfJournal = /^(\d+)-(\d+)(?:\.from-(\d+)-(\d+)-([0-9a-f]{64}))?\.journal$/;

export function journalFile(spool: string, holding: Holding, base: Position = journalStart): JournalFile {
  const from = base.seq === 0 ? '' : `.from-${base.seq}-${base.byte}-${base.hash}`;
  const { build, fence } = holding;
  return { build, fence, base, path: path.join(journalsFolder(spool), `${build}-${fence}${from}.journal`) };
}

/**
 * Every journal in the spool, one a build and fence. Where an end was written apart from its lost beginning
 * and the beginning is still there, the end is the journal.
 */
export function listJournals(disk: Disk, spool: string): readonly JournalFile[] {
  return journalsOf(spool, disk.list(journalsFolder(spool)));
}

/** The journal of one build on this disk, if it has one. */
export function findJournal(disk: Disk, spool: string, holding: Holding): JournalFile | undefined {
  return journalsOf(spool, namesOf(disk, spool, holding))[0];
}

function journalsOf(spool: string, names: readonly string[]): readonly JournalFile[] {
  const files = new Map<string, JournalFile>();
  for (const name of names) {
    const file = parseName(spool, name);
    if (file === undefined) continue;
    const key = `${file.build}-${file.fence}`;
    const other = files.get(key);
    if (other === undefined || other.base.seq < file.base.seq) files.set(key, file);
  }
  return [...files.values()];
}

/** Removes all that is kept of a build: its end is committed, or it is somebody else's. */
export function removeJournal(disk: Disk, spool: string, holding: Holding): void {
  for (const name of namesOf(disk, spool, holding))
    if (nameOfJournal.test(name)) disk.remove(path.join(journalsFolder(spool), name));
}

/** The few names that may be this build's, of all that lie there. */
function namesOf(disk: Disk, spool: string, { build, fence }: Holding): readonly string[] {
  const own = `${build}-${fence}.`;
  return disk.list(journalsFolder(spool)).filter((name) => name.startsWith(own));
}

function journalsFolder(spool: string): string {
  return path.join(spool, 'journals');
}

function parseName(spool: string, name: string): JournalFile | undefined {
  const match = nameOfJournal.exec(name);
  if (match === null) return undefined;
  const [, build, fence, seq, byte, hash] = match;
  const holding = { build: Number(build), fence: Number(fence) };
  if (hash === undefined) return journalFile(spool, holding);
  return journalFile(spool, holding, { seq: Number(seq), byte: Number(byte), hash });
}
