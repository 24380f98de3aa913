import { constants, zstdDecompressSync } from 'node:zlib';
import { MillraceError } from '@millrace/kernel/errors';
import { storedContent } from '@millrace/protocol/journal/stored-frame';

/**
 * What a chunk's zstd frame holds: `bytes` bytes, never more, whatever the frame says of itself. Of a frame that holds
 * them as they are, a view.
 *
 * Memory for all of it at once, and a byte more by which zstd sees that this was all: by Node's 16 KiB at a time, put
 * together in the end, a chunk of 128 KiB takes 1.5 times the CPU or more, a small one a fifth more.
 *
 * @throws MillraceError `log-damaged`
 */
export function openFrame(frame: Uint8Array, bytes: number): Uint8Array {
  const stored = storedContent(frame);
  if (stored?.length === bytes) return stored;
  try {
    const opened = zstdDecompressSync(frame, {
      maxOutputLength: bytes,
      chunkSize: Math.max(constants.Z_MIN_CHUNK, bytes + 1),
    });
    if (opened.length === bytes) return opened;
  } catch (error) {
    throw damaged(error);
  }
  throw damaged(undefined);
}

function damaged(cause: unknown): MillraceError<'log-damaged'> {
  return new MillraceError(
    'log-damaged',
    'What is stored of this log is not what was written. Look at the disk that the data folder lies on.',
    { cause },
  );
}
