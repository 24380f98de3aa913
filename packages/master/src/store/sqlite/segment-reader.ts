import { open } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { codeOf } from '@millrace/kernel/errors';
import type { BytesPlace } from '../operation.ts';
import { bytesMissing } from './bytes-keeper.ts';
import type { BytesReader } from './bytes-keeper.ts';
import { segmentPath } from './segment-disk.ts';

/** Files that are kept open; the one that was opened first goes. */
const filesMax = 32;

/** Reads segments by Node's own thread pool: neither the store's thread nor the caller's waits for the disk. */
export class SegmentReader implements BytesReader {
  readonly #folder: string;
  readonly #files = new Map<number, Promise<FileHandle>>();
  /** Reads under way of a file that is to be closed: it is, after the last of them. */
  readonly #reads = new Map<Promise<FileHandle>, number>();
  readonly #leaving = new Set<Promise<FileHandle>>();

  constructor(folder: string) {
    this.#folder = folder;
  }

  async read(place: BytesPlace, length: number): Promise<Uint8Array> {
    const file = this.#open(place.segment);
    this.#reads.set(file, (this.#reads.get(file) ?? 0) + 1);
    try {
      const bytes = new Uint8Array(length);
      const handle = await file;
      let filled = 0;
      while (filled < length) {
        const { bytesRead } = await handle.read(bytes, filled, length - filled, place.offset + filled);
        if (bytesRead === 0) throw bytesMissing(place);
        filled += bytesRead;
      }
      return bytes;
    } catch (error) {
      if (codeOf(error) !== 'ENOENT') throw error;
      this.#files.delete(place.segment);
      throw bytesMissing(place, error);
    } finally {
      const reads = (this.#reads.get(file) ?? 1) - 1;
      if (reads > 0) this.#reads.set(file, reads);
      else this.#reads.delete(file);
      if (reads === 0 && this.#leaving.has(file)) await this.#closeFile(file);
    }
  }

  forget(segments: readonly number[]): void {
    for (const segment of segments) {
      const file = this.#files.get(segment);
      if (!file) continue;
      this.#files.delete(segment);
      void this.#leave(file);
    }
  }

  async end(): Promise<void> {
    const files = [...this.#files.values()];
    this.#files.clear();
    await Promise.all(files.map((file) => this.#leave(file)));
  }

  #open(segment: number): Promise<FileHandle> {
    const known = this.#files.get(segment);
    if (known) return known;
    for (const [oldest, file] of this.#files) {
      if (this.#files.size < filesMax) break;
      this.#files.delete(oldest);
      void this.#leave(file);
    }
    const file = open(segmentPath(this.#folder, segment), 'r');
    this.#files.set(segment, file);
    return file;
  }

  async #leave(file: Promise<FileHandle>): Promise<void> {
    this.#leaving.add(file);
    if (!this.#reads.has(file)) await this.#closeFile(file);
  }

  async #closeFile(file: Promise<FileHandle>): Promise<void> {
    this.#leaving.delete(file);
    await file.then(
      (handle) => handle.close(),
      () => undefined,
    );
  }
}
