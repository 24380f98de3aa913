import type { SourceCommit } from '../source-reader.ts';
import { filesMax, messageLengthMax } from './source-parts.ts';

/** To be given to `hg log` with {@link parseHgLog}: a line of JSON each. */
export const hgLogTemplate =
  '{dict(revision=node,author=author,date=date|hgdate,message=desc,files=files)|json}\\n';

interface HgCommit {
  readonly revision: string;
  readonly author: string;
  /** Seconds since 1970, a space, seconds west of UTC. */
  readonly date: string;
  readonly message: string;
  readonly files: readonly string[];
}

/** In the order in which hg printed them. */
export function parseHgLog(output: string): readonly SourceCommit[] {
  return linesOf(output).map((line) => {
    const { revision, author, date, message, files } = JSON.parse(line) as HgCommit;
    return {
      revision,
      author,
      committedAt: Number(date.split(' ')[0]) * 1000,
      message: message.trimEnd().slice(0, messageLengthMax),
      files: files.slice(0, filesMax),
    };
  });
}

export function linesOf(output: string): readonly string[] {
  return output.split('\n').filter((line) => line !== '');
}
