import type { SourceCommit } from '../source-reader.ts';

/** Told of one commit; of more the first are kept. */
const filesMax = 10_000;
const messageLengthMax = 100_000;

/** To be given to `git log -z` with {@link parseLog}: four fields, each ended by a NUL. */
export const logFormat = '--format=%H%x00%an <%ae>%x00%ct%x00%B';

/**
 * What `git log -z --raw` printed. After the fields of {@link logFormat} come pairs of `:modes ids status` and a
 * path, so that a path, whatever it is called, is never taken for a commit.
 */
export function parseLog(output: string): readonly SourceCommit[] {
  const tokens = output.split('\0');
  const commits: SourceCommit[] = [];
  let at = 0;
  const next = (): string => tokens[at++] ?? '';
  while (at < tokens.length && tokens[at] !== '') {
    const revision = next();
    const author = next();
    const committedAt = Number(next()) * 1000;
    const message = next().trimEnd().slice(0, messageLengthMax);
    const files: string[] = [];
    // The first is set apart from the message by a line feed.
    while (/^\n?:/.test(tokens[at] ?? '')) {
      at++;
      const file = next();
      if (files.length < filesMax) files.push(file);
    }
    commits.push({ revision, author, committedAt, message, files });
  }
  return commits;
}
