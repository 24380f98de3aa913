import fs from 'node:fs';
import path from 'node:path';

/**
 * Gives a folder that millrace has just made a `.gitignore` of its own, so that nobody commits builds. Does nothing
 * outside of a working copy, and over no file. Answers the file that it wrote.
 */
export function keepOutOfGit(folder: string): string | undefined {
  const file = path.join(folder, '.gitignore');
  if (!isInWorkingCopy(folder) || fs.existsSync(file)) return undefined;
  fs.writeFileSync(file, '*\n', { flag: 'wx' });
  return file;
}

function isInWorkingCopy(folder: string): boolean {
  if (fs.existsSync(path.join(folder, '.git'))) return true;
  const parent = path.dirname(folder);
  return parent !== folder && isInWorkingCopy(parent);
}
