import { assert } from '@millrace/kernel/assert';
import { cutCharacterBytes } from './utf8.ts';

/** A place in a log: bytes and line feeds before it. */
export interface LogPlace {
  readonly byte: number;
  readonly line: number;
}

/**
 * A line with its line feed, a piece of one, or a place where output was not kept. `next` is the place
 * after it.
 */
export type Piece =
  | (LogPlace & { readonly kind: 'bytes'; readonly bytes: Uint8Array; readonly next: LogPlace })
  | (LogPlace & {
      readonly kind: 'gap';
      readonly lines: number;
      readonly bytes: number;
      readonly next: LogPlace;
    });

/** Whole lines, one after the other, each with its line feed. `next` is the place after them. */
export interface Lines extends LogPlace {
  readonly kind: 'lines';
  readonly bytes: Uint8Array;
  readonly next: LogPlace;
}

const lineFeed = 10;
/** A character has at most four. */
const pieceBytesMin = 8;

/**
 * Cuts a log's bytes into lines, however they come. The pieces, put one after the other, are what went in;
 * which they are does not depend on how it was cut, but for what {@link flush} gave early.
 *
 * A line of more than `pieceBytesMax` comes in pieces, cut between characters where it is text.
 */
export class LineSplitter {
  readonly #pieceBytesMax: number;
  #place: LogPlace;
  #pending: Uint8Array[] = [];
  #pendingBytes = 0;

  constructor(start: LogPlace, pieceBytesMax: number) {
    assert(pieceBytesMax >= pieceBytesMin, 'a piece holds more than one character');
    this.#place = { byte: start.byte, line: start.line };
    this.#pieceBytesMax = pieceBytesMax;
  }

  /** The place after the last piece that was given. */
  get place(): LogPlace {
    return this.#place;
  }

  /** What `bytes` completed. The pieces may be views of it. */
  push(bytes: Uint8Array): Piece[] {
    const pieces: Piece[] = [];
    const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    let start = 0;
    while (start < buffer.length) {
      const end = Math.min(buffer.length, start + this.#pieceBytesMax - this.#pendingBytes);
      const feed = buffer.indexOf(lineFeed, start);
      if (feed !== -1 && feed < end) {
        this.#hold(buffer.subarray(start, feed + 1));
        pieces.push(this.#take(0, true));
        start = feed + 1;
        continue;
      }
      this.#hold(buffer.subarray(start, end));
      if (this.#pendingBytes === this.#pieceBytesMax) pieces.push(this.#take(this.#cutBytes(), false));
      start = end;
    }
    return pieces;
  }

  /**
   * As {@link push}, with the whole lines among it together: whoever writes them cuts them then, which spares an object
   * and a view for each.
   *
   * @param lines line feeds in `bytes`, of which there are at most `pieceBytesMax`
   */
  pushLines(bytes: Uint8Array, lines: number): (Piece | Lines)[] {
    const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const first = this.#pendingBytes === 0 ? 0 : buffer.indexOf(lineFeed) + 1;
    const end = buffer.lastIndexOf(lineFeed) + 1;
    if (end <= first || buffer.length > this.#pieceBytesMax) return this.push(bytes);
    const pieces: (Piece | Lines)[] = this.push(buffer.subarray(0, first));
    const start = this.#place;
    this.#place = { byte: start.byte + end - first, line: start.line + lines - (first === 0 ? 0 : 1) };
    pieces.push({ kind: 'lines', ...start, bytes: buffer.subarray(first, end), next: this.#place });
    if (end < buffer.length) this.#hold(buffer.subarray(end));
    return pieces;
  }

  /** Output that was not kept; what was under way ends before it. */
  gap(gap: { readonly lines: number; readonly bytes: number }): Piece[] {
    const pieces = this.flush('all');
    const start = this.#place;
    this.#place = { byte: start.byte + gap.bytes, line: start.line + gap.lines };
    pieces.push({ kind: 'gap', ...start, lines: gap.lines, bytes: gap.bytes, next: this.#place });
    return pieces;
  }

  /** What there is of a line whose end is not known. `text` holds a character back that is cut in two. */
  flush(how: 'text' | 'all'): Piece[] {
    const kept = how === 'all' ? 0 : this.#cutBytes();
    return this.#pendingBytes > kept ? [this.#take(kept, false)] : [];
  }

  #hold(bytes: Uint8Array): void {
    this.#pending.push(bytes);
    this.#pendingBytes += bytes.length;
  }

  #cutBytes(): number {
    return cutCharacterBytes(this.#joined());
  }

  /** Gives what is pending, but for the last `kept` bytes of it. */
  #take(kept: number, endsLine: boolean): Piece {
    const all = this.#joined();
    const bytes = all.subarray(0, all.length - kept);
    this.#pending = kept === 0 ? [] : [all.subarray(all.length - kept)];
    this.#pendingBytes = kept;
    const start = this.#place;
    this.#place = { byte: start.byte + bytes.length, line: start.line + (endsLine ? 1 : 0) };
    return { kind: 'bytes', ...start, bytes, next: this.#place };
  }

  #joined(): Uint8Array {
    if (this.#pending.length !== 1) this.#pending = [Buffer.concat(this.#pending)];
    return this.#pending[0] ?? new Uint8Array();
  }
}

/** Lines that stand together, each by itself. */
export function lineByLine(lines: Lines): Piece[] {
  return new LineSplitter(lines, Math.max(pieceBytesMin, lines.bytes.length)).push(lines.bytes);
}

/** How many line feeds there are. */
export function lineFeeds(bytes: Uint8Array): number {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let found = 0;
  for (let at = buffer.indexOf(lineFeed); at !== -1; at = buffer.indexOf(lineFeed, at + 1)) found += 1;
  return found;
}

/** Where the byte after line feed number `feed` stands (1 is the first); undefined where there are fewer. */
export function afterLineFeed(bytes: Uint8Array, feed: number): number | undefined {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let after = 0;
  for (let found = 0; found < feed; found++) {
    const at = buffer.indexOf(lineFeed, after);
    if (at === -1) return undefined;
    after = at + 1;
  }
  return after;
}
