import { chunkRawBytesMax } from '@millrace/protocol/journal/record';
import { countLineFeeds } from './count-line-feeds.ts';

const lineFeed = 0x0a;

/**
 * Where a log's memory begins: most have no more. With the whole of a chunk for each a slot's memory grew by tens of
 * MiB within some hundred steps, and what it has is mapped anew for each process that it starts.
 */
const firstBytes = 4 * 1024;

/** A place in a log: bytes and line feeds of output before it. */
export interface LogPlace {
  readonly byte: number;
  readonly line: number;
}

/** A piece of a log before compression. One that does not end in a line feed is partial. */
export interface RawChunk {
  readonly at: LogPlace;
  /** Lent: the next write overwrites them. */
  readonly bytes: Uint8Array;
  /** Line feeds in it. */
  readonly lines: number;
}

/**
 * Cuts output into chunks: a full one at its last line feed where it has one, else where it is full. What is
 * left waits for more, or for `flush`, which gives it as it is. Bytes are never changed or looked at beyond
 * line feeds, so what is no text comes through as well.
 */
export class Chunker {
  readonly #emit: (chunk: RawChunk) => void;
  #buffer = Buffer.allocUnsafeSlow(firstBytes);
  #held = 0;
  #byte: number;
  #line: number;

  /** `start`: the place of the first byte that will be written. */
  constructor(emit: (chunk: RawChunk) => void, start: LogPlace = { byte: 0, line: 0 }) {
    this.#emit = emit;
    this.#byte = start.byte;
    this.#line = start.line;
  }

  /** Bytes that wait. */
  get held(): number {
    return this.#held;
  }

  /** The place after what has been given out. */
  get place(): LogPlace {
    return { byte: this.#byte, line: this.#line };
  }

  write(bytes: Uint8Array): void {
    let taken = 0;
    while (taken < bytes.length) {
      const part = Math.min(bytes.length - taken, chunkRawBytesMax - this.#held);
      if (this.#held + part > this.#buffer.length) this.#grow();
      this.#buffer.set(part === bytes.length ? bytes : bytes.subarray(taken, taken + part), this.#held);
      this.#held += part;
      taken += part;
      if (this.#held === chunkRawBytesMax) this.#give(this.#buffer.lastIndexOf(lineFeed) + 1 || this.#held);
    }
  }

  /** Gives all that waits, a partial line included. */
  flush(): void {
    if (this.#held > 0) this.#give(this.#held);
  }

  /** Once a log: to a whole chunk. */
  #grow(): void {
    const larger = Buffer.allocUnsafeSlow(chunkRawBytesMax);
    this.#buffer.copy(larger, 0, 0, this.#held);
    this.#buffer = larger;
  }

  #give(length: number): void {
    const bytes = this.#buffer.subarray(0, length);
    const lines = countLineFeeds(bytes);
    this.#emit({ at: this.place, bytes, lines });
    this.#byte += length;
    this.#line += lines;
    this.#buffer.copyWithin(0, length, this.#held);
    this.#held -= length;
  }
}
