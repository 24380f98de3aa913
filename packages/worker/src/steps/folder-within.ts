import path from 'node:path';
import type { StepContext } from './step.ts';

/**
 * The absolute path of a folder below the build's own; undefined for one that leads out of it: by its name, or because
 * an earlier step has put a symbolic link in the way.
 */
export function folderWithin(
  { buildFolder, disk }: Pick<StepContext, 'buildFolder' | 'disk'>,
  folder: string,
): string | undefined {
  const whole = path.resolve(buildFolder, folder);
  if (whole === buildFolder) return whole;
  if (!isBelow(buildFolder, whole)) return undefined;
  const root = disk.realPath(buildFolder);
  if (root === undefined) return whole;
  // Of a folder that is yet to be made, what is there of the way to it.
  for (let there = whole; there !== buildFolder; there = path.dirname(there)) {
    const real = disk.realPath(there);
    if (real !== undefined) return real === root || isBelow(root, real) ? whole : undefined;
    // A link to what is not there would be followed when the folder is made.
    if (disk.isLink(there)) return undefined;
  }
  return whole;
}

function isBelow(root: string, whole: string): boolean {
  return whole.startsWith(root.endsWith(path.sep) ? root : root + path.sep);
}
