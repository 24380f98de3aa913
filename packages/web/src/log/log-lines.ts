import type { LogLine, LogLines as LogLinesAnswer } from '@millrace/protocol/api/logs';

export const pageLines = 400;
const pagesMax = 48;
/** Answers of at most 8 MiB that a page is put together of; lines are shown to their first part anyway. */
const piecesMax = 8;
/** A line is kept to here; what is longer is in the raw log. */
const keptCharsMax = 24_000;

export interface LogSource {
  /** `count` lines from line `from` on, counted from 0. */
  readonly lines: (from: number, count: number, cursor?: string) => Promise<LogLinesAnswer>;
  /** When to ask again for lines that could not be had. */
  readonly later: (act: () => void) => void;
}

/**
 * The lines of one log that a page holds: in pages of 400, asked for when they come into view, the farthest
 * forgotten. Lines that are followed are put to the page that they continue. Counted from 0.
 */
export class LogLines {
  readonly #source: LogSource;
  readonly #pages = new Map<number, string[]>();
  /** Being asked for, or just asked for in vain. */
  readonly #asked = new Set<number>();
  /** How many lines a page could have when it was answered: it is asked for again only once it could have more. */
  readonly #answered = new Map<number, number>();
  readonly #listeners = new Set<() => void>();
  #total = 0;
  #nextByte = 0;
  #closed = false;
  #version = 0;
  #error: unknown;

  constructor(source: LogSource) {
    this.#source = source;
  }

  get total(): number {
    return this.#total;
  }

  /** Where to follow from: after the last byte that is known of the end. */
  get nextByte(): number {
    return this.#nextByte;
  }

  get closed(): boolean {
    return this.#closed;
  }

  get error(): unknown {
    return this.#error;
  }

  readonly version = (): number => this.#version;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  line(index: number): string | undefined {
    return this.#pages.get(Math.floor(index / pageLines))?.[index % pageLines];
  }

  /** Asks for what is missing between two lines. */
  want(first: number, last: number): void {
    for (let page = Math.floor(first / pageLines); page <= Math.floor(last / pageLines); page += 1) {
      const expected = Math.min(pageLines, this.#total - page * pageLines);
      const held = this.#pages.get(page)?.length ?? 0;
      if (held < expected && expected > (this.#answered.get(page) ?? 0) && !this.#asked.has(page)) {
        void this.#load(page);
      }
    }
    this.#forget(Math.floor((first + last) / 2 / pageLines));
  }

  /** The end of the log as it is now: how many lines there are, and the last page of them. */
  async loadEnd(lines: number): Promise<void> {
    let last = Math.max(0, Math.floor((lines - 1) / pageLines));
    for (;;) {
      const answer = await this.#load(last);
      if (answer === undefined) return;
      const now = Math.max(0, Math.floor((answer.lines - 1) / pageLines));
      const end = answer.items.at(-1);
      if (now === last || answer.items.length === 0) {
        if (end !== undefined) this.#nextByte = end.byte + bytesOf(end);
        return;
      }
      last = now;
    }
  }

  /** Lines from following the log, in order. */
  append(items: readonly LogLine[]): void {
    for (const item of items) {
      this.#put(item);
      this.#total = Math.max(this.#total, item.line + Math.max(1, item.gap?.lines ?? 1));
      this.#nextByte = Math.max(this.#nextByte, item.byte + bytesOf(item));
    }
    this.#tell();
  }

  close(): void {
    this.#closed = true;
    this.#tell();
  }

  async #load(page: number): Promise<LogLinesAnswer | undefined> {
    this.#asked.add(page);
    try {
      const answer = await this.#whole(page);
      this.#error = undefined;
      this.#total = Math.max(this.#total, answer.lines);
      this.#answered.set(page, Math.min(pageLines, answer.lines - page * pageLines));
      const held = this.#pages.get(page);
      const fresh: string[] = [];
      this.#pages.set(page, fresh);
      for (const item of answer.items) this.#put(item);
      // What was followed meanwhile is newer than the answer.
      if (held !== undefined && held.length > fresh.length) this.#pages.set(page, held);
      if (answer.state === 'closed') this.#closed = true;
      this.#asked.delete(page);
      this.#tell();
      return answer;
    } catch (error) {
      this.#error = error;
      this.#source.later(() => {
        this.#asked.delete(page);
        this.#tell();
      });
      this.#tell();
      return undefined;
    }
  }

  /** A page; where its lines are very long, an answer holds only some of them, or a piece of one. */
  async #whole(page: number): Promise<LogLinesAnswer> {
    const from = page * pageLines;
    let answer = await this.#source.lines(from, pageLines);
    const items = [...answer.items];
    for (let piece = 1; piece < piecesMax && answer.nextCursor !== null; piece += 1) {
      const last = items.at(-1);
      if (last === undefined) break;
      const next = last.line + (last.gap?.lines ?? (endsLine(last.text) ? 1 : 0));
      if (next >= from + pageLines) break;
      answer = await this.#source.lines(from, from + pageLines - next, answer.nextCursor);
      items.push(...answer.items);
    }
    return { ...answer, items };
  }

  #put(item: LogLine): void {
    const number = Math.floor(item.line / pageLines);
    const index = item.line % pageLines;
    let page = this.#pages.get(number);
    if (page === undefined) {
      if (index !== 0) return;
      page = [];
      this.#pages.set(number, page);
    }
    const text = textOf(item);
    if (index === page.length) page.push(text);
    else if (index === page.length - 1 && !endsLine(page[index])) {
      page[index] = `${page[index] ?? ''}${text}`.slice(0, keptCharsMax);
    } else return;
    for (let lost = 1; lost < (item.gap?.lines ?? 0) && page.length < pageLines; lost += 1) page.push('\n');
  }

  #forget(around: number): void {
    if (this.#pages.size <= pagesMax) return;
    const far = [...this.#pages.keys()].sort(
      (left, right) => Math.abs(right - around) - Math.abs(left - around),
    );
    const tail = Math.floor((this.#total - 1) / pageLines);
    for (const page of far.slice(0, this.#pages.size - pagesMax)) {
      if (page === tail) continue;
      this.#pages.delete(page);
      this.#answered.delete(page);
    }
  }

  #tell(): void {
    this.#version += 1;
    for (const listener of this.#listeners) listener();
  }
}

const endsLine = (text: string | undefined): boolean => text?.endsWith('\n') ?? true;

function textOf(item: LogLine): string {
  if (item.gap !== undefined) {
    return `\u001b[3;33m… ${item.gap.lines.toLocaleString('en')} lines (${item.gap.bytes.toLocaleString('en')} bytes) were not kept …\u001b[0m\n`;
  }
  const text = item.base64 === undefined ? (item.text ?? '') : new TextDecoder().decode(bytesIn(item.base64));
  if (text.length <= keptCharsMax) return text;
  return text.slice(0, keptCharsMax) + (text.endsWith('\n') ? '\n' : '');
}

function bytesOf(item: LogLine): number {
  if (item.gap !== undefined) return item.gap.bytes;
  if (item.base64 !== undefined) return bytesIn(item.base64).length;
  return new TextEncoder().encode(item.text ?? '').length;
}

function bytesIn(base64: string): Uint8Array {
  return Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
}
