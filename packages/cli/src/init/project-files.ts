import fs from 'node:fs';
import path from 'node:path';
import type { ProjectFiles } from './recognised.ts';

/** No file that is looked at is larger. */
const textBytesMax = 1024 ** 2;

/** The files of a folder on disk, of which `names` (relative to it) are known to be wanted. */
export function projectFiles(folder: string, names: readonly string[]): ProjectFiles {
  const known = new Set(names);
  const sorted = [...known].sort();
  return {
    has: (name) => known.has(name),
    matching: (pattern) => sorted.filter((name) => pattern.test(name)),
    text: (name) => (known.has(name) ? textOf(path.join(folder, name)) : ''),
  };
}

/** What of the names is below `folder`, seen from there. */
export function namesBelow(names: readonly string[], folder: string): readonly string[] {
  return names.filter((name) => name.startsWith(`${folder}/`)).map((name) => name.slice(folder.length + 1));
}

function textOf(file: string): string {
  try {
    return fs.statSync(file).size > textBytesMax ? '' : fs.readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
