import { fileURLToPath } from 'node:url';
import { DiskSpaceError } from './disk-space-error.ts';
import { nearestExisting } from './nearest-existing.ts';
import { nodeVolumeReader, type VolumeReader } from './volume-reader.ts';
import { volumeFigures, type DiskSpace } from './volume-figures.ts';

export interface FreeSpaceOptions {
  /**
   * Stops the waiting, for a network share that no longer answers: `AbortSignal.timeout(5000)`. The
   * system's own call cannot be stopped; it keeps one of Node's pool threads until the system gives up.
   */
  readonly signal?: AbortSignal;
  /** Where figures come from: another file system, or another platform. Node's own by default. */
  readonly reader?: VolumeReader;
}

/**
 * The space of the volume that holds `path`, or that would hold it: for a path that does not exist yet,
 * its nearest parent that exists is measured, and a symbolic link that points to nothing is followed to
 * where it points.
 *
 * @param path a path, relative ones to the working directory, or a `file:` URL
 * @throws DiskSpaceError with a `code`, and the signal's reason when it is aborted
 */
export async function freeSpace(path: string | URL, options: FreeSpaceOptions = {}): Promise<DiskSpace> {
  const { signal, reader = nodeVolumeReader } = options;
  signal?.throwIfAborted();
  const asked = readablePath(path);
  return unlessAborted(signal, async () => {
    const absolute = reader.absolute(asked);
    const { measuredPath, counts } = await nearestExisting(absolute, reader);
    return volumeFigures(absolute, measuredPath, counts, reader.platform);
  });
}

function readablePath(path: string | URL): string {
  let asked: string;
  try {
    asked = path instanceof URL ? fileURLToPath(path) : path;
  } catch (cause) {
    throw new DiskSpaceError(
      'invalid-path',
      String(path),
      `expected a file: URL, got ${String(path)}`,
      cause,
    );
  }
  if (typeof asked !== 'string') throw new TypeError('path: expected a string or a URL');
  if (asked === '') throw new DiskSpaceError('invalid-path', '', 'expected a path, got an empty string');
  if (asked.includes('\0')) {
    throw new DiskSpaceError('invalid-path', asked, 'a path cannot hold a NUL byte');
  }
  return asked;
}

async function unlessAborted<T>(signal: AbortSignal | undefined, work: () => Promise<T>): Promise<T> {
  if (signal === undefined) return work();
  const { promise: aborted, reject } = rejecter();
  const onAbort = () => reject(signal.reason);
  signal.addEventListener('abort', onAbort, { once: true });
  try {
    return await Promise.race([work(), aborted]);
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}

/** `Promise.withResolvers` came with Node 22. */
function rejecter(): { promise: Promise<never>; reject: (reason: unknown) => void } {
  let reject: (reason: unknown) => void = () => {};
  const promise = new Promise<never>((_resolve, rejectPromise) => {
    reject = rejectPromise;
  });
  return { promise, reject };
}
