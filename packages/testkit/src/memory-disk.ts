import type { Random } from '@millrace/kernel/random';
import { below } from '@millrace/kernel/random';
import type { Disk, DiskFile } from '@millrace/worker/disk';
import { MemoryFile } from './memory-file.ts';

/** What an append meets: `undefined` goes through; a number of bytes is written and then the process is dead. */
export type AppendFault = (path: string, bytes: Uint8Array) => number | undefined;

/** Thrown through a process that is dead, so that none of its code goes on. */
export class ProcessKilled extends Error {
  override readonly name = 'ProcessKilled';
}

export interface MemoryDiskOptions {
  /** All files together; `ENOSPC` beyond. Without it there is always room. */
  readonly bytesMax?: number;
}

/** A folder's files at one moment. */
export interface DiskCopy {
  readonly folder: string;
  readonly files: ReadonlyMap<string, Uint8Array>;
}

/**
 * A machine's disk in memory, with what a disk does to programs: it fills up in the middle of a write, a
 * process dies between two bytes, and the power goes before the last writes have reached the platter.
 *
 * A process is handed a disk of its own by {@link lend}; killing the process revokes it.
 */
export class MemoryDisk implements Disk {
  readonly #files = new Map<string, MemoryFile>();
  /** May be changed at any time: a disk that fills up, and is given room again. */
  bytesMax: number;
  /** Asked at each append. */
  appendFault: AppendFault | undefined;

  constructor(options: MemoryDiskOptions = {}) {
    this.bytesMax = options.bytesMax ?? Infinity;
  }

  get bytesUsed(): number {
    let used = 0;
    for (const file of this.#files.values()) used += file.size;
    return used;
  }

  create(path: string): DiskFile {
    if (this.#files.has(path)) throw diskError('EEXIST', `file already exists, open '${path}'`);
    const file = new MemoryFile();
    this.#files.set(path, file);
    return this.#handle(path, file);
  }

  open(path: string): DiskFile {
    const file = this.#files.get(path);
    if (file === undefined) throw diskError('ENOENT', `no such file or directory, open '${path}'`);
    return this.#handle(path, file);
  }

  /** Folders are there as soon as a file is. */
  makeFolder(): void {}

  list(folder: string): readonly string[] {
    const prefix = `${folder}/`;
    const names = new Set<string>();
    for (const path of this.#files.keys())
      if (path.startsWith(prefix)) names.add(path.slice(prefix.length).split('/', 1)[0] ?? '');
    return [...names].sort();
  }

  remove(path: string): void {
    this.#files.delete(path);
  }

  readText(path: string): string | undefined {
    const file = this.#files.get(path);
    return file === undefined ? undefined : Buffer.from(file.read(0, file.size)).toString('utf8');
  }

  writeText(path: string, text: string): void {
    const bytes = Buffer.from(text);
    if (bytes.length > this.#free()) throw diskError('ENOSPC', `no space left on device, write '${path}'`);
    const file = new MemoryFile();
    file.append(bytes);
    // Written beside and renamed: after a power loss either text is there whole.
    file.reachDisk();
    this.#files.set(path, file);
  }

  /** There are no links. */
  realPath(path: string): string | undefined {
    const isThere = [...this.#files.keys()].some((file) => file === path || file.startsWith(`${path}/`));
    return isThere ? path : undefined;
  }

  isLink(): boolean {
    return false;
  }

  /** All folders are there. */
  folderRights(): number {
    return 0o755;
  }

  removeTree(folder: string): Promise<void> {
    for (const path of this.#files.keys())
      if (path === folder || path.startsWith(`${folder}/`)) this.#files.delete(path);
    return Promise.resolve();
  }

  /** Everything written so far survives {@link losePower}: what the kernel does by itself after some seconds. */
  reachDisk(): void {
    for (const file of this.#files.values()) file.reachDisk();
  }

  /** Another byte than was written. The file must be there. */
  overwrite(path: string, at: number, bytes: Uint8Array): void {
    const file = this.#files.get(path);
    if (file === undefined) throw diskError('ENOENT', `no such file or directory, open '${path}'`);
    file.overwrite(at, bytes);
  }

  /** What the files under a folder hold now, for {@link putBack}. */
  copy(folder: string): DiskCopy {
    const files = new Map<string, Uint8Array>();
    for (const [path, file] of this.#files)
      if (path.startsWith(folder)) files.set(path, file.read(0, file.size));
    return { folder, files };
  }

  /** The folder is again as it was when the copy was made: what has come since is gone. */
  putBack({ folder, files }: DiskCopy): void {
    for (const path of this.#files.keys()) if (path.startsWith(folder)) this.#files.delete(path);
    for (const [path, bytes] of files) {
      const file = new MemoryFile();
      file.append(bytes);
      file.reachDisk();
      this.#files.set(path, file);
    }
  }

  /** The machine stops: each file loses some part of what had not reached the disk. */
  losePower(random: Random): void {
    for (const file of this.#files.values())
      file.truncate(file.onDisk + below(random, file.size - file.onDisk + 1));
  }

  /**
   * A disk for one process; `beforeAppend` tells who is about to write. After `revoke` every call on it, and on its files, throws {@link ProcessKilled}. */
  lend(beforeAppend?: () => void): { readonly disk: Disk; readonly revoke: () => void } {
    let revoked = false;
    const live = <T>(act: () => T): T => {
      if (revoked) throw new ProcessKilled('the process that had this disk is dead');
      return act();
    };
    const guard = (file: DiskFile): DiskFile => ({
      size: () => live(() => file.size()),
      read: (from, length) => live(() => file.read(from, length)),
      readInto: (from, target) => live(() => file.readInto(from, target)),
      append: (bytes) =>
        live(() => {
          beforeAppend?.();
          file.append(bytes);
        }),
      truncate: (size) => live(() => file.truncate(size)),
      close: () => file.close(),
    });
    const disk: Disk = {
      create: (path) => live(() => guard(this.create(path))),
      open: (path) => live(() => guard(this.open(path))),
      makeFolder: () => live(() => this.makeFolder()),
      list: (folder) => live(() => this.list(folder)),
      remove: (path) => live(() => this.remove(path)),
      readText: (path) => live(() => this.readText(path)),
      writeText: (path, text) => live(() => this.writeText(path, text)),
      realPath: (path) => live(() => this.realPath(path)),
      isLink: () => live(() => this.isLink()),
      folderRights: () => live(() => this.folderRights()),
      removeTree: (folder) => live(() => this.removeTree(folder)),
    };
    return {
      disk,
      revoke: () => {
        revoked = true;
      },
    };
  }

  #free(): number {
    return Math.max(0, this.bytesMax - this.bytesUsed);
  }

  #handle(path: string, file: MemoryFile): DiskFile {
    return {
      size: () => file.size,
      read: (from, length) => file.read(from, length),
      readInto: (from, target) => file.readInto(from, target),
      append: (bytes) => {
        const torn = this.appendFault?.(path, bytes);
        if (torn !== undefined) {
          file.append(bytes.subarray(0, Math.min(torn, this.#free())));
          throw new ProcessKilled(`killed after ${torn} of ${bytes.length} bytes of '${path}'`);
        }
        const free = this.bytesMax === Infinity ? Infinity : this.#free();
        file.append(bytes.subarray(0, Math.min(bytes.length, free)));
        if (bytes.length > free) throw diskError('ENOSPC', `no space left on device, write '${path}'`);
      },
      truncate: (size) => file.truncate(size),
      close: () => undefined,
    };
  }
}

function diskError(code: 'EEXIST' | 'ENOENT' | 'ENOSPC', message: string): Error {
  return Object.assign(new Error(`${code}: ${message}`), { code });
}
