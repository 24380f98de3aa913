import { changedFilesCharactersMax, changedFilesMax } from '@millrace/protocol/condition';
import type { ChangedFiles } from '@millrace/protocol/condition';

/** As many of the changed files as a plan may carry. */
export function boundedFiles(files: readonly string[]): ChangedFiles {
  let characters = 0;
  const past = files.findIndex((file, index) => {
    characters += file.length;
    return index >= changedFilesMax || characters > changedFilesCharactersMax;
  });
  return past === -1 ? { files, complete: true } : { files: files.slice(0, past), complete: false };
}
