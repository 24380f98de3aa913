import type { Clock } from '@millrace/kernel/clock';
import type { Fact } from '@millrace/protocol/journal/record';
import { storedFrame } from '@millrace/protocol/journal/stored-frame';
import type { Urgency } from '../journal/urgency.ts';
import { Chunker } from './chunker.ts';
import type { LogPlace, RawChunk } from './chunker.ts';
import type { Compressor } from './compressor.ts';
import { countLineFeeds } from './count-line-feeds.ts';
import { FlushTimer } from './flush-timer.ts';
import { TailRing } from './tail-ring.ts';

const lineFeed = 0x0a;

/** The most that a log's tail takes of a slot's memory, and at most a chunk more. */
const tailBytesMax = 8 * 1024 ** 2;

/** Up to so many bytes of a watched log go as they are. 1,000 lines a second are 7 to 13 KB in a window of 100 ms. */
const storedBytesMax = 16 * 1024;

export interface LogWriterOptions {
  readonly clock: Clock;
  readonly compress: Compressor;
  readonly append: (fact: Fact, urgency: Urgency) => void;
  /** The log's number in its journal. */
  readonly log: number;
  /** The most of it that is kept, before compression. */
  readonly bytesMax: number;
}

/**
 * One log: what a command writes becomes chunks in the journal, and at the end `log-closed`.
 *
 * Of a log that grows over `bytesMax` the head is kept as it comes, then the last part in memory (half of
 * `bytesMax`, at most 8 MiB), which is written at the end behind a `log-gap`. Lines keep the
 * numbers that they have in the output.
 */
export class LogWriter {
  readonly #options: LogWriterOptions;
  readonly #chunker: Chunker;
  readonly #timer: FlushTimer;
  readonly #headBytesMax: number;
  /** Where the head ends, once it is full. */
  #headEnd: LogPlace | undefined;
  #lastByte = lineFeed;
  /** What is flushed now is what somebody waits for. */
  #afterPause = false;
  #ring: TailRing | undefined;

  constructor(options: LogWriterOptions) {
    this.#options = options;
    this.#headBytesMax = options.bytesMax - Math.min(Math.floor(options.bytesMax / 2), tailBytesMax);
    this.#chunker = new Chunker((chunk) => this.#take(chunk));
    this.#timer = new FlushTimer(options.clock, (afterPause) => {
      this.#afterPause = afterPause;
      this.#chunker.flush();
      this.#afterPause = false;
    });
  }

  get log(): number {
    return this.#options.log;
  }

  /** The bytes are only lent. */
  write(bytes: Uint8Array): void {
    this.#lastByte = bytes.at(-1) ?? this.#lastByte;
    this.#chunker.write(bytes);
    if (this.#chunker.held > 0) this.#timer.waiting();
  }

  /** @param windowMs how long what is watched waits for more; null: nobody watches */
  setWatched(windowMs: number | null): void {
    this.#timer.setWatched(windowMs);
  }

  /** Writes what waits, the tail where there is a gap, and the end. */
  close(): void {
    this.#timer.cancel();
    this.#chunker.flush();
    const { byte, line } = this.#chunker.place;
    if (this.#headEnd !== undefined && this.#ring !== undefined) this.#writeTail(this.#headEnd, this.#ring);
    // No chunk counts a last line without a line feed, but to people it is one.
    const lines = this.#lastByte === lineFeed ? line : line + 1;
    this.#append({ kind: 'log-closed', log: this.log, lines, bytes: byte });
  }

  /** Drops what waits: nothing more may be written. */
  abandon(): void {
    this.#timer.cancel();
  }

  #take(chunk: RawChunk): void {
    if (this.#ring !== undefined) {
      this.#ring.push(chunk.bytes);
      return;
    }
    const room = this.#headBytesMax - chunk.at.byte;
    if (chunk.bytes.length <= room) this.#appendChunk(chunk);
    else this.#fillHead(chunk, room);
  }

  /** The head takes what fits of the chunk, whole lines where there are some; the rest begins the tail. */
  #fillHead(chunk: RawChunk, room: number): void {
    const fits = chunk.bytes.subarray(0, room);
    const kept = fits.subarray(0, fits.lastIndexOf(lineFeed) + 1 || fits.length);
    const lines = countLineFeeds(kept);
    if (kept.length > 0) this.#appendChunk({ at: chunk.at, bytes: kept, lines });
    this.#headEnd = { byte: chunk.at.byte + kept.length, line: chunk.at.line + lines };
    // With what the head left of its room, so that a log within its bound loses nothing.
    this.#ring = new TailRing(this.#options.bytesMax - this.#headEnd.byte);
    this.#ring.push(chunk.bytes.subarray(kept.length));
  }

  #writeTail(headEnd: LogPlace, ring: TailRing): void {
    const { parts, missingBytes } = ring.tail();
    const tailLines = parts.reduce((lines, part) => lines + countLineFeeds(part), 0);
    const missingLines = this.#chunker.place.line - headEnd.line - tailLines;
    if (missingBytes > 0)
      this.#append({ kind: 'log-gap', log: this.log, lines: missingLines, bytes: missingBytes });
    const start = { byte: headEnd.byte + missingBytes, line: headEnd.line + missingLines };
    const chunker = new Chunker((chunk) => this.#appendChunk(chunk), start);
    for (const part of parts) chunker.write(part);
    chunker.flush();
  }

  #appendChunk(chunk: RawChunk): void {
    this.#append({
      kind: 'log-chunk',
      log: this.log,
      firstByte: chunk.at.byte,
      firstLine: chunk.at.line,
      bytes: chunk.bytes.length,
      lines: chunk.lines,
      data: this.#frame(chunk.bytes),
    });
  }

  /** What a window of a watched log holds is not worth a compressor: docs/decisions/0098-what-is-watched-is-handed-on.md. */
  #frame(bytes: Uint8Array): Uint8Array {
    const isSmall = this.#timer.watched && bytes.length <= storedBytesMax;
    return isSmall ? storedFrame(bytes) : this.#options.compress(bytes);
  }

  #append(fact: Fact): void {
    if (!this.#timer.watched) this.#options.append(fact, 'later');
    else this.#options.append(fact, this.#afterPause ? 'now' : 'window');
  }
}
