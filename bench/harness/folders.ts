import fs from 'node:fs';
import path from 'node:path';

/** A folder of its own for a part of a run. */
export function folderIn(folder: string, name: string): string {
  const made = path.join(folder, name);
  fs.mkdirSync(made, { recursive: true });
  return made;
}

/** What lies in a folder and below it, in bytes as the disk counts them. */
export function storedBytes(folder: string): number {
  return fs
    .readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .reduce((sum, entry) => sum + fs.statSync(path.join(entry.parentPath, entry.name)).blocks * 512, 0);
}
