const newline = 0x0a;
/** How far git looks for a NUL (`buffer_is_binary` in its xdiff-interface.c). */
const binaryLookBytes = 8000;
/** `core.bigFileThreshold` as git has it where nobody sets it; a larger file is binary. */
const textBytesMax = 512 * 1024 * 1024;

/** Counts the lines of one file as git does: a last line without a newline is a line, a binary file has none. */
export class TextLines {
  #bytes = 0;
  #newlines = 0;
  #last = newline;
  #binary = false;

  push(chunk: Buffer): void {
    if (chunk.length === 0 || this.#binary) return;
    const looked = chunk.subarray(0, Math.max(0, binaryLookBytes - this.#bytes));
    this.#bytes += chunk.length;
    this.#binary = looked.includes(0) || this.#bytes > textBytesMax;
    for (let at = chunk.indexOf(newline); at >= 0; at = chunk.indexOf(newline, at + 1)) this.#newlines += 1;
    this.#last = chunk[chunk.length - 1] ?? newline;
  }

  get lines(): number {
    if (this.#binary) return 0;
    return this.#newlines + (this.#last === newline ? 0 : 1);
  }
}
