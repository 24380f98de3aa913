import { zstdCompressSync } from 'node:zlib';
import { readLogGaps } from '../store/operations/read-logs.ts';
import type { LogHead } from '../store/operations/read-logs.ts';
import type { Store } from '../store/store.ts';
import type { ChunkReader } from './chunk-reader.ts';
import { refuseExpired } from './expired.ts';

/** A part of the raw text: bytes of the log from `from` up to `to`, or the line that stands for a gap. */
type RawPart =
  | { readonly kind: 'bytes'; readonly from: number; readonly to: number }
  | { readonly kind: 'marker'; readonly bytes: Uint8Array };

/** A log's raw text as it is known at one moment: its bytes, with a line in the place of each gap. */
export interface RawText {
  readonly log: LogHead;
  readonly parts: readonly RawPart[];
  /** Of the text, markers included. */
  readonly length: number;
}

/** Reads logs as bytes. */
export class RawLogs {
  readonly #store: Store;
  readonly #chunks: ChunkReader;

  constructor(store: Store, chunks: ChunkReader) {
    this.#store = store;
    this.#chunks = chunks;
  }

  /**
   * Undefined: there is no such log.
   *
   * @throws MillraceError `log-expired`.
   */
  async describe(log: number): Promise<RawText | undefined> {
    const part = await this.#store.do(readLogGaps, { log });
    if (!part) return undefined;
    refuseExpired(part.log);
    const parts: RawPart[] = [];
    let from = 0;
    for (const gap of part.chunks) {
      if (gap.firstByte > from) parts.push({ kind: 'bytes', from, to: gap.firstByte });
      parts.push({ kind: 'marker', bytes: gapMarker(gap) });
      from = gap.firstByte + gap.bytes;
    }
    if (part.log.bytes > from) parts.push({ kind: 'bytes', from, to: part.log.bytes });
    return { log: part.log, parts, length: parts.reduce((sum, one) => sum + lengthOf(one), 0) };
  }

  /** The text from its byte `start` up to `end`, chunk by chunk, as it is asked for. */
  async *read(text: RawText, start: number, end: number): AsyncGenerator<Uint8Array> {
    let before = 0;
    for (const part of text.parts) {
      const length = lengthOf(part);
      const from = Math.max(0, start - before);
      const to = Math.min(length, end - before);
      before += length;
      if (from >= to) continue;
      if (part.kind === 'marker') yield part.bytes.subarray(from, to);
      else yield* this.#bytes(text.log.id, part.from + from, part.from + to);
    }
  }

  /** Each chunk's frame as it is stored, one after the other: what zstd opens to the same text. */
  async *frames(log: number): AsyncGenerator<Uint8Array> {
    for await (const frame of this.#chunks.frames(log)) {
      if (frame.kind === 'frame') yield frame.bytes;
      else if (frame.kind === 'gap') yield zstdCompressSync(gapMarker(frame.chunk));
    }
  }

  async *#bytes(log: number, from: number, to: number): AsyncGenerator<Uint8Array> {
    for await (const read of this.#chunks.once(log, from)) {
      if (read.kind !== 'bytes') return;
      yield read.bytes.subarray(0, to - read.place.byte);
      if (read.place.byte + read.bytes.length >= to) return;
    }
  }
}

function lengthOf(part: RawPart): number {
  return part.kind === 'marker' ? part.bytes.length : part.to - part.from;
}

/** A line of its own for people, where output was not kept. */
function gapMarker(gap: { readonly lines: number; readonly bytes: number }): Uint8Array {
  const lines = gap.lines.toLocaleString('en');
  const bytes = gap.bytes.toLocaleString('en');
  return Buffer.from(`\n[millrace: ${lines} lines (${bytes} bytes) of output were not kept]\n`);
}
