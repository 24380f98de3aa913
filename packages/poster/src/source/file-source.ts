import type { BigIntStats } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';
import { LengthMismatchError, PosterError } from '../errors.ts';
import { builtin } from './builtin.ts';
import type { Reading, Source } from './source.ts';

/** A part of a file: bytes `start` to before `end`. */
export interface FileRange {
  /** The first byte, 0 if not given. */
  start?: number | undefined;
  /**
   * The byte after the last. If not given, the file's size when the source is made, and the file may not
   * grow while it is sent. With an `end` it may: the head of a log that is being written can be sent.
   */
  end?: number | undefined;
}

/**
 * A file, or a range of it. It is measured here and now (one synchronous `stat`), so that its length can be
 * announced; it is opened only when it is sent, and again for each retry.
 *
 * Throws a `PosterError` at once for a path that is missing, forbidden or no regular file. A file that
 * changed between measuring and the last byte's reading fails with `ERR_POSTER_FILE_CHANGED` and the byte
 * counts, before the last block is given on: a server never takes the mixture for the whole.
 */
export function fileSource(path: string | URL, range: FileRange = {}): Source {
  const measured = measure(path);
  const size = Number(measured.size);
  const start = range.start ?? 0;
  const end = range.end ?? size;
  if (!Number.isSafeInteger(start) || !Number.isSafeInteger(end) || start < 0 || end < start || end > size) {
    throw new PosterError(
      'ERR_POSTER_LENGTH',
      `the range ${start} to ${end} is not within ${show(path)}, which has ${size} bytes`,
    );
  }
  const expected: Expectation = { path, measured, start, end, mayGrow: range.end !== undefined };
  return {
    lengthBytes: end - start,
    replayable: true,
    spent: false,
    live: false,
    open: () => openFile(expected),
    discard() {},
  };
}

interface Expectation {
  path: string | URL;
  measured: BigIntStats;
  start: number;
  end: number;
  mayGrow: boolean;
}

function measure(path: string | URL): BigIntStats {
  const fs = builtin('node:fs');
  try {
    const stats = fs.statSync(path, { bigint: true });
    if (stats.isFile()) {
      fs.accessSync(path, fs.constants.R_OK);
      return stats;
    }
  } catch (error) {
    throw fileError(path, error);
  }
  throw new PosterError(
    'ERR_POSTER_NOT_A_FILE',
    `${show(path)} is no regular file: only those have a length; hand in a stream to send what a device or pipe gives`,
  );
}

async function openFile(expected: Expectation): Promise<Reading> {
  const fs = builtin('node:fs');
  let handle: FileHandle;
  try {
    handle = await fs.promises.open(expected.path, fs.constants.O_RDONLY);
  } catch (error) {
    throw fileError(expected.path, error);
  }
  try {
    await checkUnchanged(handle, expected);
  } catch (error) {
    await handle.close();
    throw error;
  }
  return fileReading(handle, expected);
}

function fileReading(handle: FileHandle, expected: Expectation): Reading {
  let at = expected.start;
  let closing: Promise<void> | undefined;
  return {
    async read(into) {
      if (at === expected.end) return undefined;
      const wantedBytes = Math.min(into.length, expected.end - at);
      const { bytesRead } = await handle.read(into, 0, wantedBytes, at).catch((error: unknown) => {
        throw fileError(expected.path, error);
      });
      at += bytesRead;
      // Checked before the last block is given on, so that a changed file is never whole at the server.
      if (bytesRead === 0 || at === expected.end) await checkUnchanged(handle, expected);
      if (bytesRead === 0) throw changed(expected, at - expected.start);
      return into.subarray(0, bytesRead);
    },
    close: () => (closing ??= handle.close()),
  };
}

async function checkUnchanged(handle: FileHandle, expected: Expectation): Promise<void> {
  const { measured, mayGrow, start, end } = expected;
  const now = await handle.stat({ bigint: true });
  const sameFile = now.ino === measured.ino && now.dev === measured.dev;
  const grew = now.size > measured.size;
  const untouched = now.size === measured.size && now.mtimeNs === measured.mtimeNs;
  if (sameFile && (untouched || (grew && mayGrow))) return;
  throw changed(expected, Math.max(0, Math.min(Number(now.size), mayGrow ? end : Infinity) - start));
}

function changed({ path, start, end }: Expectation, actualBytes: number): LengthMismatchError {
  const expectedBytes = end - start;
  const how = actualBytes === expectedBytes ? 'was written to or replaced' : `has ${actualBytes} now`;
  return new LengthMismatchError(
    'ERR_POSTER_FILE_CHANGED',
    `${show(path)} changed while it was sent: ${expectedBytes} bytes were announced, and it ${how}`,
    { expectedBytes, actualBytes },
  );
}

function fileError(path: string | URL, cause: unknown): PosterError {
  const reason = cause instanceof Error && 'code' in cause ? cause.code : undefined;
  switch (reason) {
    case 'ENOENT':
    case 'ENOTDIR':
      return new PosterError('ERR_POSTER_FILE_MISSING', `there is no file ${show(path)}`, { cause });
    case 'EACCES':
    case 'EPERM':
      return new PosterError('ERR_POSTER_FILE_FORBIDDEN', `no permission to read ${show(path)}`, { cause });
    case 'EISDIR':
      return new PosterError('ERR_POSTER_NOT_A_FILE', `${show(path)} is a directory`, { cause });
    default:
      return new PosterError('ERR_POSTER_FILE_UNREADABLE', `cannot read ${show(path)}`, { cause });
  }
}

function show(path: string | URL): string {
  return JSON.stringify(String(path));
}
