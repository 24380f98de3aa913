import { matchedLineLengthMax } from '@millrace/protocol/pattern';

/**
 * Makes lines of a stream of bytes, for patterns to be looked for in them. Of a long line only the beginning is
 * kept, so that output without line feeds costs no memory. What is no text is read as U+FFFD.
 */
export class LineScanner {
  readonly #onLine: (line: string) => void;
  readonly #decoder = new TextDecoder();
  #line = '';

  constructor(onLine: (line: string) => void) {
    this.#onLine = onLine;
  }

  /** The bytes are only lent. */
  write(bytes: Uint8Array): void {
    const text = this.#decoder.decode(bytes, { stream: true });
    let from = 0;
    for (let end = text.indexOf('\n'); end !== -1; end = text.indexOf('\n', from)) {
      this.#take(text, from, end);
      this.#give();
      from = end + 1;
    }
    this.#take(text, from, text.length);
  }

  /** The last line need not have a line feed. */
  end(): void {
    this.#line += this.#decoder.decode();
    if (this.#line !== '') this.#give();
  }

  #take(text: string, from: number, end: number): void {
    const room = matchedLineLengthMax - this.#line.length;
    if (room > 0 && end > from) this.#line += text.slice(from, Math.min(end, from + room));
  }

  #give(): void {
    const line = this.#line.endsWith('\r') ? this.#line.slice(0, -1) : this.#line;
    this.#line = '';
    this.#onLine(line);
  }
}
