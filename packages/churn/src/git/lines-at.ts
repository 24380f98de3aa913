import { directoryOf } from '../count/directory.ts';
import { linesFlags } from './diff-flags.ts';
import { gitOutput } from './git-process.ts';
import type { GitView } from './git-view.ts';
import { RawNumstatParser } from './raw-numstat.ts';

/** What a commit holds. */
export interface LinesAt {
  /** Lines of text, as `git diff --numstat` tells them from the empty tree. */
  readonly lines: number;
  readonly files: number;
  /** Of `files`, those without lines because git calls them binary. */
  readonly binaryFiles: number;
  readonly byDirectory: ReadonlyMap<string, number>;
}

/** Counts the lines of a commit; of none (`null`: the branch did not exist), nothing. */
export async function linesAt(
  view: GitView,
  commit: string | null,
  exclude: readonly string[],
  directoryDepth: number,
): Promise<LinesAt> {
  let [lines, files, binaryFiles] = [0, 0, 0];
  const byDirectory = new Map<string, number>();
  if (commit === null) return { lines, files, binaryFiles, byDirectory };
  const parser = new RawNumstatParser({
    file({ path, added, binary }) {
      lines += added;
      files += 1;
      if (binary) binaryFiles += 1;
      const directory = directoryOf(path, directoryDepth);
      byDirectory.set(directory, (byDirectory.get(directory) ?? 0) + added);
    },
  });
  const args = ['diff', ...linesFlags, '--end-of-options', view.emptyTree, commit, '--', ...exclude];
  for await (const chunk of gitOutput(view, args)) parser.push(chunk);
  return { lines, files, binaryFiles, byDirectory };
}
