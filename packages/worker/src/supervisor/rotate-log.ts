import fs from 'node:fs';
import { codeOf } from '@millrace/kernel/errors';

/**
 * Keeps a log file small: beyond `bytesMax` it becomes `NAME.1` and begins anew. It is emptied and not renamed,
 * because the process that appends to it holds it open; lines of that very moment may be lost.
 */
export function rotateLog(file: string, bytesMax: number): void {
  try {
    if (fs.statSync(file).size <= bytesMax) return;
    fs.copyFileSync(file, `${file}.1`);
    fs.truncateSync(file);
  } catch (error) {
    if (codeOf(error) !== 'ENOENT') throw error;
  }
}
