import fs from 'node:fs';
import path from 'node:path';

/** Every file below a folder in which others are at work, relative to it: what goes meanwhile is left out. */
export function filesBelow(folder: string, below = ''): readonly string[] {
  return entriesOf(path.join(folder, below)).flatMap((entry) => {
    const name = path.join(below, entry.name);
    return entry.isDirectory() ? filesBelow(folder, name) : [name];
  });
}

function entriesOf(folder: string): readonly fs.Dirent[] {
  try {
    return fs.readdirSync(folder, { withFileTypes: true });
  } catch {
    return [];
  }
}

/** The bytes of a file as text of one character each; empty where it is none, or has gone. */
export function bytesIn(file: string): string {
  try {
    return fs.statSync(file).isFile() ? fs.readFileSync(file, 'latin1') : '';
  } catch {
    return '';
  }
}
