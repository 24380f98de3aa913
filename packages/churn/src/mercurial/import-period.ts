import type { CommandServer } from './command-server.ts';
import { FileContents } from './file-contents.ts';
import type { FastImportStream } from './fast-import-stream.ts';

/** Branches of the repository that is written: A, B, and what has all the history that is left out. */
export const importedBranches = { start: 'start', end: 'end', behind: 'behind' } as const;

const nullNode = '0'.repeat(40);
const filesAtOnce = 200;

interface Changeset {
  readonly node: string;
  readonly parents: readonly string[];
  readonly seconds: number;
  readonly user: string;
}

/**
 * Writes a period into git: the start with all its files, then every changeset that the end has and the
 * start has not, each as what it changes against its first parent. A parent from before the period is
 * written as what it differs from the start in.
 *
 * @param start node of A, or `null` where the branch did not exist yet
 * @param onChangeset called for each one written
 */
export async function importPeriod(
  hg: CommandServer,
  git: FastImportStream,
  start: string | null,
  end: string,
  onChangeset: () => void,
): Promise<void> {
  await new PeriodImport(hg, git, onChangeset).run(start, end);
}

class PeriodImport {
  readonly #hg: CommandServer;
  readonly #git: FastImportStream;
  readonly #onChangeset: () => void;
  readonly #marks = new Map<string, number>();
  /** Marks of A and of the parents from before the period. */
  readonly #behind: number[] = [];
  #nextMark = 1;

  constructor(hg: CommandServer, git: FastImportStream, onChangeset: () => void) {
    this.#hg = hg;
    this.#git = git;
    this.#onChangeset = onChangeset;
  }

  async run(start: string | null, end: string): Promise<void> {
    if (start !== null) await this.#base(start, nullNode);
    const added = start === null ? `::${end}` : `only(${end}, ${start})`;
    for (const changeset of await this.#changesets(`sort(${added}, rev)`)) {
      for (const parent of changeset.parents) {
        if (!this.#marks.has(parent)) await this.#base(parent, start ?? nullNode);
      }
      await this.#commit(changeset, changeset.parents[0] ?? nullNode);
      this.#onChangeset();
    }
    await this.#git.branch(importedBranches.end, this.#marks.get(end)!);
    if (start === null) return;
    await this.#git.branch(importedBranches.start, this.#marks.get(start)!);
    const mark = this.#nextMark++;
    const nobody = { message: 'behind', name: '', mail: '', seconds: 0 };
    await this.#git.commit({ mark, parents: this.#behind, ...nobody });
    await this.#git.branch(importedBranches.behind, mark);
  }

  /** A changeset from before the period: its files count, who made it does not. */
  async #base(node: string, like: string): Promise<void> {
    const [changeset] = await this.#changesets(node);
    await this.#commit({ ...changeset!, parents: like === nullNode ? [] : [like] }, like);
    this.#behind.push(this.#marks.get(node)!);
  }

  async #commit(changeset: Changeset, comparedWith: string): Promise<void> {
    const mark = this.#nextMark++;
    this.#marks.set(changeset.node, mark);
    await this.#git.commit({
      mark,
      message: changeset.node,
      ...nameAndMail(changeset.user),
      seconds: Math.max(0, changeset.seconds), // git knows no date before 1970
      parents: changeset.parents.map((parent) => this.#marks.get(parent)!),
    });
    const { written, removed } = await this.#status(comparedWith, changeset.node);
    for (const path of removed) await this.#git.remove(path);
    for (let from = 0; from < written.length; from += filesAtOnce) {
      await this.#files(changeset.node, written.slice(from, from + filesAtOnce));
    }
  }

  async #status(from: string, to: string): Promise<{ written: string[]; removed: string[] }> {
    const revisions = ['--rev', from === nullNode ? 'null' : from, '--rev', to];
    const output = await this.#hg.run(['status', '-0', '--modified', '--added', '--removed', ...revisions]);
    const entries = output.toString('latin1').split('\0').slice(0, -1);
    const removed = entries.filter((entry) => entry.startsWith('R ')).map((entry) => entry.slice(2));
    const written = entries.filter((entry) => !entry.startsWith('R ')).map((entry) => entry.slice(2));
    return { written, removed };
  }

  async #files(node: string, paths: readonly string[]): Promise<void> {
    const contents = new FileContents();
    const template = String.raw`{path}\0{count(data)}\0{data}`;
    const patterns = paths.map((path) => `path:${path}`);
    for await (const chunk of this.#hg.output([
      'cat',
      '--rev',
      node,
      '--template',
      template,
      '--',
      ...patterns,
    ])) {
      for (const piece of contents.push(chunk)) {
        if (piece.kind === 'begin') await this.#git.file(piece.path, piece.sizeBytes);
        if (piece.kind === 'content') await this.#git.content(piece.bytes);
        if (piece.kind === 'end') await this.#git.fileEnd();
      }
    }
  }

  async #changesets(revset: string): Promise<Changeset[]> {
    const template = String.raw`{node}\0{p1.node}\0{p2.node}\0{date|hgdate}\0{user|firstline}\0`;
    const output = await this.#hg.run(['log', '--rev', revset, '--template', template]);
    const fields = output.toString('latin1').split('\0');
    const found: Changeset[] = [];
    for (let at = 0; at + 5 <= fields.length; at += 5) {
      const [node = '', p1 = '', p2 = '', date = '', user = ''] = fields.slice(at, at + 5);
      const parents = [p1, p2].filter((parent) => parent !== nullNode);
      found.push({ node, parents, seconds: Number.parseInt(date, 10), user });
    }
    return found;
  }
}

/** `Jane Doe <jane@example.org>` as git writes people: no angle brackets or line ends within. */
function nameAndMail(user: string): { name: string; mail: string } {
  const match = /^(.*?)\s*<([^<>]*)>?\s*$/.exec(user);
  const clean = (text: string) => text.replace(/[<>\n\r\0]/g, '').trim();
  const name = clean(match?.[1] ?? user);
  return { name: name === '' ? clean(match?.[2] ?? '') : name, mail: clean(match?.[2] ?? '') };
}
