import { codeOf } from '@millrace/kernel/errors';
import { readLogAtLine, readLogEnd } from '../store/operations/read-logs.ts';
import type { LogHead } from '../store/operations/read-logs.ts';
import type { Store } from '../store/store.ts';
import { isKept } from './chunk-reader.ts';
import type { ChunkReader } from './chunk-reader.ts';
import { readable, refuseExpired } from './expired.ts';
import { afterLineFeed, LineSplitter } from './line-splitter.ts';
import type { LogPlace, Piece } from './line-splitter.ts';

/** Bytes of output in one answer; a longer line comes in pieces of at most as many. */
export const linesBytesMax = 8 * 1024 ** 2;

/** Where to start: a line's number (negative: from the end, -1 is the last line), or a place given before. */
export type LinesStart = { readonly line: number } | { readonly place: LogPlace };

export interface LineRange {
  readonly log: LogHead;
  readonly pieces: readonly Piece[];
  /** Where the next answer starts; undefined at the end of what is known. */
  readonly next: LogPlace | undefined;
}

/** Reads a log by line numbers. A last line without a line feed is a line, too. */
export class LinesReader {
  readonly #store: Store;
  readonly #chunks: ChunkReader;

  constructor(store: Store, chunks: ChunkReader) {
    this.#store = store;
    this.#chunks = chunks;
  }

  /**
   * At most `count` lines and {@link linesBytesMax} bytes; undefined: there is no such log.
   *
   * @throws MillraceError `log-expired`, `log-damaged`.
   */
  async read(log: number, start: LinesStart, count: number): Promise<LineRange | undefined> {
    const place = 'place' in start ? start.place : await this.placeOfLine(log, start.line);
    if (!place) return this.#nothing(log);
    const splitter = new LineSplitter(place, linesBytesMax);
    const answer = new Answer(place.line + count);
    for await (const read of this.#chunks.from(log, place.byte)) {
      if (read.kind === 'end') {
        answer.add(splitter.flush('all'));
        return { log: read.log, pieces: answer.pieces, next: answer.next };
      }
      answer.add(read.kind === 'gap' ? splitter.gap(read.chunk) : splitter.push(read.bytes));
      if (answer.next) return { log: await this.#head(log), pieces: answer.pieces, next: answer.next };
    }
    return undefined;
  }

  /**
   * Where a line begins; undefined where it is not known, or the log is not.
   *
   * @throws MillraceError `log-expired`, `log-damaged`.
   */
  async placeOfLine(log: number, line: number): Promise<LogPlace | undefined> {
    try {
      return await this.#placeOfLine(log, line);
    } catch (error) {
      if (codeOf(error) !== 'bytes-missing') throw error;
      // Merging has moved the bytes since the index was read: it says now where they are.
      return this.#placeOfLine(log, line).catch((again: unknown) => {
        throw readable(again, log);
      });
    }
  }

  async #placeOfLine(log: number, line: number): Promise<LogPlace | undefined> {
    const number = line < 0 ? await this.#fromEnd(log, line) : line;
    if (number === 0) return { byte: 0, line: 0 };
    const part = await this.#store.do(readLogAtLine, { log, line: number });
    if (part) refuseExpired(part.log);
    const chunk = part?.chunks[0];
    if (!chunk || number > chunk.firstLine + chunk.lines) return undefined;
    // It begins somewhere in what was not kept, so what can be shown of it begins with the gap.
    if (!isKept(chunk)) return { byte: chunk.firstByte, line: chunk.firstLine };
    const after = afterLineFeed(await this.#chunks.open(chunk), number - chunk.firstLine);
    return after === undefined ? undefined : { byte: chunk.firstByte + after, line: number };
  }

  async #fromEnd(log: number, line: number): Promise<number> {
    const part = await this.#store.do(readLogEnd, { log });
    if (part) refuseExpired(part.log);
    const last = part?.chunks[0];
    if (!last) return 0;
    const openLine = isKept(last) && (await this.#chunks.open(last)).at(-1) !== 10 ? 1 : 0;
    return Math.max(0, last.firstLine + last.lines + openLine + line);
  }

  async #nothing(log: number): Promise<LineRange | undefined> {
    const part = await this.#store.do(readLogEnd, { log });
    return part && { log: part.log, pieces: [], next: undefined };
  }

  async #head(log: number): Promise<LogHead> {
    const part = await this.#store.do(readLogEnd, { log });
    return part?.log ?? { id: log, build: 0, number: 0, state: 'closed', lines: 0, bytes: 0, expired: null };
  }
}

/** Takes pieces until the lines or the bytes are enough; `next` is then where the first one left out begins. */
class Answer {
  readonly pieces: Piece[] = [];
  readonly #untilLine: number;
  #bytes = 0;
  #next: LogPlace | undefined;

  constructor(untilLine: number) {
    this.#untilLine = untilLine;
  }

  get next(): LogPlace | undefined {
    return this.#next;
  }

  add(pieces: readonly Piece[]): void {
    for (const piece of pieces) {
      if (this.#next) return;
      const bytes = piece.kind === 'gap' ? 0 : piece.bytes.length;
      const full = this.pieces.length > 0 && this.#bytes + bytes > linesBytesMax;
      if (full || piece.line >= this.#untilLine) {
        this.#next = { byte: piece.byte, line: piece.line };
        return;
      }
      this.pieces.push(piece);
      this.#bytes += bytes;
    }
  }
}
