/** A piece of what `hg cat` prints: a file begins, some of its bytes, it ends. */
export type ContentPiece =
  | { readonly kind: 'begin'; readonly path: string; readonly sizeBytes: number }
  | { readonly kind: 'content'; readonly bytes: Buffer }
  | { readonly kind: 'end' };

/** Reads files printed as `path NUL size NUL content`, one after the other, cut anywhere. */
export class FileContents {
  #header = '';
  #leftBytes = -1; // of the content; -1 in a header

  *push(chunk: Buffer): Generator<ContentPiece, void, void> {
    for (let from = 0; from < chunk.length;) {
      if (this.#leftBytes < 0) {
        const nul = chunk.indexOf(0, from);
        const end = nul < 0 ? chunk.length : nul + 1;
        this.#header += chunk.toString('latin1', from, end);
        from = end;
        const [path, size, rest] = this.#header.split('\0');
        if (rest === undefined) continue; // the second NUL is still to come
        this.#header = '';
        this.#leftBytes = Number(size);
        yield { kind: 'begin', path: path!, sizeBytes: this.#leftBytes };
      } else {
        const end = Math.min(chunk.length, from + this.#leftBytes);
        this.#leftBytes -= end - from;
        yield { kind: 'content', bytes: chunk.subarray(from, end) };
        from = end;
      }
      if (this.#leftBytes === 0) {
        this.#leftBytes = -1;
        yield { kind: 'end' };
      }
    }
  }
}
