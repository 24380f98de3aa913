/** Two versions of a file: object names and modes as `git diff --raw` tells them. */
export interface Versions {
  readonly oldMode: string;
  readonly newMode: string;
  readonly oldObject: string;
  readonly newObject: string;
}

/** One file of a comparison. Paths are bytes, each as one character (latin1). */
export interface FileChange {
  readonly path: string;
  /** Lines; 0 where git calls either version binary. */
  readonly added: number;
  readonly removed: number;
  /** Whether git calls either version binary. */
  readonly binary: boolean;
  /** Of a binary file that has two versions, which they are. */
  readonly versions: Versions | undefined;
}

export interface NumstatReader {
  /** A commit begins; `header` is what the format printed after its first byte, as latin1. */
  commit?(header: string): void;
  file(change: FileChange): void;
}

/** Begins what `--format` prints, so that it is told from files. */
export const headerMark = '\u0001';

/**
 * Reads what `git log|diff -z --numstat [--raw]` prints, piece by piece as it comes.
 *
 * Between NULs stand, for each commit: its header; per file `:mode mode object object status` and one path or,
 * for a rename, two; then per file `added TAB removed TAB path`, where for a rename the path is empty and
 * two more follow. Where a path is due, any bytes are a path, so that no file name can be taken for
 * anything else.
 */
export class RawNumstatParser {
  readonly #reader: NumstatReader;
  /** By path, the `:` records of the commit's files that have two versions; read only where one is binary. */
  readonly #records = new Map<string, string>();
  #rest = '';
  #due: Due = { kind: 'record' };

  constructor(reader: NumstatReader) {
    this.#reader = reader;
  }

  push(chunk: Buffer): void {
    const text = this.#rest + chunk.toString('latin1');
    let from = 0;
    for (let nul = text.indexOf('\0'); nul >= 0; nul = text.indexOf('\0', from)) {
      this.#due = this.#next(text.slice(from, nul), this.#due);
      from = nul + 1;
    }
    this.#rest = text.slice(from);
  }

  #next(token: string, due: Due): Due {
    switch (due.kind) {
      case 'raw-path':
        if (due.renamed) return { ...due, renamed: false }; // the old path; the new one follows
        this.#records.set(token, due.record);
        break;
      case 'old-path':
        return { kind: 'new-path', added: due.added, removed: due.removed };
      case 'new-path':
        this.#file(due.added, due.removed, token);
        break;
      case 'skipped-path':
        break;
      case 'record':
        return this.#record(token);
    }
    return { kind: 'record' };
  }

  #record(token: string): Due {
    const record = token.startsWith('\n') ? token.slice(1) : token;
    if (record.startsWith(headerMark)) {
      this.#records.clear();
      this.#reader.commit?.(record.slice(1));
      return { kind: 'record' };
    }
    if (record.startsWith(':')) return rawRecord(record);
    if (record === '') return { kind: 'record' };
    const firstTab = record.indexOf('\t');
    const secondTab = record.indexOf('\t', firstTab + 1);
    const [added, removed] = [record.slice(0, firstTab), record.slice(firstTab + 1, secondTab)];
    const path = record.slice(secondTab + 1);
    if (path === '') return { kind: 'old-path', added, removed };
    this.#file(added, removed, path);
    return { kind: 'record' };
  }

  #file(added: string, removed: string, path: string): void {
    const binary = added === '-';
    this.#reader.file({
      path,
      added: binary ? 0 : Number(added),
      removed: binary ? 0 : Number(removed),
      binary,
      versions: binary ? versionsOf(this.#records.get(path)) : undefined,
    });
  }
}

type Due =
  | { readonly kind: 'record' }
  | { readonly kind: 'raw-path'; readonly renamed: boolean; readonly record: string }
  | { readonly kind: 'skipped-path' }
  | { readonly kind: 'old-path'; readonly added: string; readonly removed: string }
  | { readonly kind: 'new-path'; readonly added: string; readonly removed: string };

/** `:100644 100644 object object M`; what is added or deleted has one version, which is of no interest. */
function rawRecord(record: string): Due {
  const status = record.charAt(record.lastIndexOf(' ') + 1);
  if (status === 'A' || status === 'D') return { kind: 'skipped-path' };
  return { kind: 'raw-path', renamed: status === 'R' || status === 'C', record };
}

function versionsOf(record: string | undefined): Versions | undefined {
  if (record === undefined) return undefined;
  const [oldMode = '', newMode = '', oldObject = '', newObject = ''] = record.slice(1).split(' ');
  return { oldMode, newMode, oldObject, newObject };
}
