/**
 * The few things that the worker does with files, so that the simulator can hand in a disk that tears
 * writes and fills up. Synchronous: a slot has one build, and a record must be on its way before the next.
 *
 * Folders on the way to a file are made. Two who have the same file open see the same bytes.
 */
export interface Disk {
  /** Makes a file that must not exist yet. @throws with code `EEXIST`, `ENOSPC` ... as Node does. */
  create(path: string): DiskFile;
  /** Opens a file to read and to append. @throws with code `ENOENT`. */
  open(path: string): DiskFile;
  makeFolder(folder: string): void;
  /** Names in a folder, sorted; none where the folder is not there. */
  list(folder: string): readonly string[];
  /** Removes a file; one that is not there is no error. */
  remove(path: string): void;
  /** Whole small files: written beside and renamed. */
  readText(path: string): string | undefined;
  writeText(path: string, text: string): void;
  /** Without symbolic links in it; undefined for what is not there. */
  realPath(path: string): string | undefined;
  isLink(path: string): boolean;
  /** Who may do what in a folder of this user's, as chmod(2) has it. Undefined for all else, links to one included. */
  folderRights(folder: string): number | undefined;
  /** Removes a folder with all that is in it; one that is not there is no error, and no link is followed. */
  removeTree(folder: string): Promise<void>;
}

export interface DiskFile {
  size(): number;
  /** Bytes from `from` on, at most `length`; fewer only at the end. */
  read(from: number, length: number): Uint8Array;
  /** The same into memory of the caller's: how many bytes. */
  readInto(from: number, target: Uint8Array): number;
  /** Appends all of it. @throws with code `ENOSPC`: an unknown part was written; the caller truncates. */
  append(bytes: Uint8Array): void;
  truncate(size: number): void;
  close(): void;
}
