import {
  closeSync,
  fdatasyncSync,
  fsyncSync,
  fstatSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readdirSync,
  unlinkSync,
  writevSync,
} from 'node:fs';
import { join } from 'node:path';

/** The few things that the writer of segments does with files: a test hands in one that is full, or fails. */
export interface SegmentDisk {
  /** Opens to write, and makes it where it is not there. */
  open(segment: number): SegmentFile;
  /** The numbers of the files that are there. */
  list(): readonly number[];
  remove(segment: number): void;
}

export interface SegmentFile {
  size(): number;
  /** Writes all parts one after the other, from `position` on. @throws with code `ENOSPC`: an unknown part was written. */
  write(parts: readonly Uint8Array[], position: number): void;
  /** What was written is on the disk. */
  sync(): void;
  truncate(size: number): void;
  close(): void;
}

export function segmentPath(folder: string, segment: number): string {
  return join(folder, `${segment}.seg`);
}

/** Segments as `<folder>/<number>.seg`. */
export function nodeSegmentDisk(folder: string): SegmentDisk {
  mkdirSync(folder, { recursive: true });
  return {
    open(segment) {
      const known = numbersIn(folder).includes(segment);
      // Not for appending: what a failed write left is written over.
      const file = openSync(segmentPath(folder, segment), known ? 'r+' : 'wx+');
      if (!known) syncFolder(folder);
      return nodeSegmentFile(file);
    },
    list: () => numbersIn(folder),
    remove: (segment) => unlinkSync(segmentPath(folder, segment)),
  };
}

function numbersIn(folder: string): readonly number[] {
  return readdirSync(folder)
    .map((name) => /^(\d+)\.seg$/.exec(name)?.[1])
    .filter((number) => number !== undefined)
    .map(Number);
}

/** A file's name is durable only when its folder is. */
function syncFolder(folder: string): void {
  const handle = openSync(folder, 'r');
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}

/** writev takes so many parts at once: IOV_MAX of Linux and macOS. */
const partsMax = 1024;

function nodeSegmentFile(file: number): SegmentFile {
  return {
    size: () => fstatSync(file).size,
    write(parts, position) {
      let at = position;
      for (let from = 0; from < parts.length; from += partsMax) {
        at = writeAll(file, parts.slice(from, from + partsMax), at);
      }
    },
    sync: () => fdatasyncSync(file),
    truncate: (size) => ftruncateSync(file, size),
    close: () => closeSync(file),
  };
}

/** A disk that is nearly full takes a part, and says so only at the next write. */
function writeAll(file: number, parts: readonly Uint8Array[], position: number): number {
  let left = parts;
  let at = position;
  for (;;) {
    let written = writevSync(file, left, at);
    at += written;
    let whole = 0;
    for (const part of left) {
      if (written < part.length) break;
      written -= part.length;
      whole++;
    }
    if (whole === left.length) return at;
    const [cut, ...rest] = left.slice(whole);
    left = [...(cut ? [cut.subarray(written)] : []), ...rest];
  }
}
