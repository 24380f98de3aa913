import { createHash } from 'node:crypto';
import { open } from 'node:fs/promises';
import type { BackedUpFile } from './manifest.ts';

const pieceBytes = 1024 ** 2;

/**
 * Copies the first `bytes` of a file (all that there is, where it is shorter), and makes the copy durable.
 *
 * @throws what the disk throws; `EEXIST` where the copy is there already
 */
export async function copyFile(
  from: string,
  to: string,
  bytes = Infinity,
): Promise<Omit<BackedUpFile, 'path'>> {
  const hash = createHash('sha256');
  await using source = await open(from, 'r');
  await using copy = await open(to, 'wx');
  const piece = Buffer.alloc(pieceBytes);
  let copied = 0;
  while (copied < bytes) {
    const { bytesRead } = await source.read(piece, 0, Math.min(piece.length, bytes - copied), copied);
    if (bytesRead === 0) break;
    const part = piece.subarray(0, bytesRead);
    hash.update(part);
    await copy.writeFile(part);
    copied += bytesRead;
  }
  await copy.sync();
  return { bytes: copied, sha256: hash.digest('hex') };
}

/** Makes a file durable; or the names in a folder, which are so only when the folder is. */
export async function syncFile(path: string): Promise<void> {
  await using handle = await open(path, 'r');
  await handle.sync();
}
