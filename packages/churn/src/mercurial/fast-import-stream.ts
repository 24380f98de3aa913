import { once } from 'node:events';
import type { ChildProcessWithoutNullStreams } from 'node:child_process';
import { endOf, startProgram, type ProgramContext } from '../run/program-output.ts';

/** A commit to be written. Strings are bytes, each as one character (latin1). */
export interface ImportedCommit {
  readonly mark: number;
  readonly message: string;
  readonly name: string;
  readonly mail: string;
  readonly seconds: number;
  /** Marks; the first parent's files are what it begins with. */
  readonly parents: readonly number[];
}

/**
 * Writes commits into a git repository (git-fast-import(1)). Every write waits while git is behind, so that
 * nothing piles up here.
 */
export class FastImportStream implements AsyncDisposable {
  readonly #child: ChildProcessWithoutNullStreams;
  readonly #ended: Promise<void>;

  constructor(context: ProgramContext) {
    const flags = ['--quiet', '--done', '--date-format=raw-permissive'];
    this.#child = startProgram('git', context, ['fast-import', ...flags]);
    this.#ended = endOf(this.#child, 'git fast-import');
    this.#ended.catch(() => {}); // awaited in finish(), and where a write waits
    this.#child.stdin.on('error', () => {}); // its end tells why
    this.#child.stdout.resume();
  }

  /** Begins a commit; its files follow. */
  async commit(commit: ImportedCommit): Promise<void> {
    const [first, ...others] = commit.parents;
    const who = `${commit.name} <${commit.mail}> ${commit.seconds} +0000\n`;
    await this.#write(
      (first === undefined ? 'reset refs/heads/import\n\n' : '') +
        `commit refs/heads/import\nmark :${commit.mark}\nauthor ${who}committer ${who}` +
        `data ${commit.message.length}\n${commit.message}\n` +
        (first === undefined ? '' : `from :${first}\n`) +
        others.map((parent) => `merge :${parent}\n`).join(''),
    );
  }

  /** A file of the commit; `sizeBytes` of content must follow through `content`. */
  async file(path: string, sizeBytes: number): Promise<void> {
    await this.#write(`M 100644 inline ${quoted(path)}\ndata ${sizeBytes}\n`);
  }

  async content(chunk: Buffer): Promise<void> {
    await this.#write(chunk);
  }

  /** Ends a file's content. */
  async fileEnd(): Promise<void> {
    await this.#write('\n');
  }

  async remove(path: string): Promise<void> {
    await this.#write(`D ${quoted(path)}\n`);
  }

  /** Makes a branch point at a commit. */
  async branch(name: string, mark: number): Promise<void> {
    await this.#write(`reset refs/heads/${name}\nfrom :${mark}\n\n`);
  }

  /** Waits until all is written and git has ended. @throws ChurnError `tool-failed` */
  async finish(): Promise<void> {
    await this.#write('done\n');
    this.#child.stdin.end();
    await this.#ended;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#child.exitCode === null && this.#child.signalCode === null) this.#child.kill();
    await this.#ended.catch(() => {});
  }

  async #write(data: string | Buffer): Promise<void> {
    const bytes = typeof data === 'string' ? Buffer.from(data, 'latin1') : data;
    if (this.#child.stdin.write(bytes)) return;
    const drained = new AbortController();
    try {
      await Promise.race([once(this.#child.stdin, 'drain', { signal: drained.signal }), this.#ended]);
    } finally {
      drained.abort();
    }
  }
}

/** A path as fast-import reads any bytes. */
function quoted(path: string): string {
  const escaped = path
    .replaceAll('\\', String.raw`\\`)
    .replaceAll('"', String.raw`\"`)
    .replaceAll('\n', String.raw`\n`);
  return `"${escaped}"`;
}
