import { ChurnError } from '../churn-error.ts';
import { gitOutput, type GitContext } from './git-process.ts';
import type { Versions } from './raw-numstat.ts';
import { TextLines } from './text-lines.ts';

const newline = 0x0a;
const submoduleMode = '160000';

/** How many lines each side of a comparison has; a binary version has none. */
export interface LinesOfVersions {
  readonly before: number;
  readonly after: number;
}

/**
 * Counts the lines of the versions where git prints `-` because one of them is binary: what a file that
 * turns from text to binary loses, and what it gains when it turns back. Contents pass through and are not
 * kept.
 */
export async function linesOfVersions(
  context: GitContext,
  asked: readonly Versions[],
): Promise<LinesOfVersions[]> {
  const objects = new Set<string>();
  for (const { oldMode, newMode, oldObject, newObject } of asked) {
    if (oldMode !== submoduleMode) objects.add(oldObject);
    if (newMode !== submoduleMode) objects.add(newObject);
  }
  const lines = await linesOfBlobs(context, [...objects]);
  const linesOf = (mode: string, object: string) => (mode === submoduleMode ? 1 : (lines.get(object) ?? 0));
  return asked.map(({ oldMode, newMode, oldObject, newObject }) => ({
    before: linesOf(oldMode, oldObject),
    after: linesOf(newMode, newObject),
  }));
}

async function linesOfBlobs(context: GitContext, objects: readonly string[]): Promise<Map<string, number>> {
  const lines = new Map<string, number>();
  if (objects.length === 0) return lines;
  const parser = new BatchParser((object, count) => lines.set(object, count));
  for await (const chunk of gitOutput(context, ['cat-file', '--batch'], `${objects.join('\n')}\n`)) {
    parser.push(chunk);
  }
  return lines;
}

/** Reads `git cat-file --batch`: `object type size NEWLINE`, that many bytes, a newline; again. */
class BatchParser {
  readonly #found: (object: string, lines: number) => void;
  #header = '';
  #object = '';
  #left = -1; // bytes of the content that are still to come; -1 in a header
  #text = new TextLines();

  constructor(found: (object: string, lines: number) => void) {
    this.#found = found;
  }

  push(chunk: Buffer): void {
    for (let from = 0; from < chunk.length;) {
      from = this.#left < 0 ? this.#readHeader(chunk, from) : this.#readContent(chunk, from);
    }
  }

  #readHeader(chunk: Buffer, from: number): number {
    const end = chunk.indexOf(newline, from);
    if (end < 0) {
      this.#header += chunk.toString('latin1', from);
      return chunk.length;
    }
    const [object = '', type, size] = (this.#header + chunk.toString('latin1', from, end)).split(' ');
    if (type !== 'blob')
      throw new ChurnError('tool-failed', `object ${object} is ${type ?? 'unreadable'}, not a file`);
    [this.#header, this.#object, this.#left, this.#text] = ['', object, Number(size), new TextLines()];
    return end + 1;
  }

  /** The newline after the content is passed over with it. */
  #readContent(chunk: Buffer, from: number): number {
    const end = Math.min(chunk.length, from + this.#left);
    this.#text.push(chunk.subarray(from, end));
    this.#left -= end - from;
    if (this.#left > 0 || end === chunk.length) return end;
    this.#found(this.#object, this.#text.lines);
    this.#left = -1;
    return end + 1;
  }
}
