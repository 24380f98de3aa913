import { codeOf } from '@millrace/kernel/errors';
import type { BytesPlace } from '../store/operation.ts';
import { readLogFromByte } from '../store/operations/read-logs.ts';
import type { ChunkRow, LogHead } from '../store/operations/read-logs.ts';
import type { Store } from '../store/store.ts';
import { BytesCache } from './bytes-cache.ts';
import { readable, refuseExpired } from './expired.ts';
import { lineFeeds } from './line-splitter.ts';
import type { LogPlace } from './line-splitter.ts';
import { openFrame } from './open-frame.ts';

/** Opened chunks that are kept for the next reader, of all logs together. */
const cacheBytesMax = 32 * 1024 ** 2;

/** Index rows that are read at once. */
const chunksMax = 128;

/** A piece of the log, rather than a gap in it. */
type KeptChunk = ChunkRow & { readonly place: BytesPlace };

/**
 * A part of a log from some place on: the rest of a chunk, or a gap. `bytes` may be a view of what others
 * see, too.
 */
export type Stretch =
  | { readonly kind: 'bytes'; readonly place: LogPlace; readonly chunk: ChunkRow; readonly bytes: Uint8Array }
  | { readonly kind: 'gap'; readonly place: LogPlace; readonly chunk: ChunkRow };

/** A chunk as it lies on the disk. */
export type Frame =
  | { readonly kind: 'frame'; readonly chunk: ChunkRow; readonly bytes: Uint8Array }
  | { readonly kind: 'gap'; readonly chunk: ChunkRow };

/** The end of what is known, and how the log stood then. */
export interface End {
  readonly kind: 'end';
  readonly log: LogHead;
}

/** Reads logs' chunks: out of the index, off the disk, out of their compression. */
export class ChunkReader {
  readonly #store: Store;
  readonly #opened = new BytesCache<Uint8Array>(cacheBytesMax);

  constructor(store: Store) {
    this.#store = store;
  }

  /**
   * Everything from byte `from` to the end of what is known, and then how the log stands. Reads only as it
   * is asked for more. Yields nothing for an unknown log.
   *
   * @throws MillraceError `log-expired`, `log-damaged`.
   */
  from(log: number, from: number): AsyncGenerator<Stretch | End> {
    return this.#walk(log, from, (chunk, byte) => this.#stretch(chunk, byte, (one) => this.open(one)));
  }

  /**
   * The same for who reads much of a log once: what is opened for it is not kept for others, whose chunks it would
   * drive out.
   */
  once(log: number, from: number): AsyncGenerator<Stretch | End> {
    return this.#walk(log, from, (chunk, byte) => this.#stretch(chunk, byte, (one) => this.#openOnce(one)));
  }

  /**
   * Reads what stands at a byte, so that a log that cannot be read is told before an answer begins.
   * @throws MillraceError `log-expired`, `log-damaged`.
   */
  async probe(log: number, byte: number): Promise<void> {
    await this.from(log, byte).next();
  }

  /** Every chunk as it lies on the disk. @throws MillraceError `log-expired`. */
  frames(log: number): AsyncGenerator<Frame | End> {
    return this.#walk(log, 0, (chunk) => this.#frame(chunk));
  }

  async *#walk<Part>(
    log: number,
    from: number,
    read: (chunk: ChunkRow, byte: number) => Promise<Part>,
  ): AsyncGenerator<Part | End> {
    let byte = from;
    let missed = false;
    for (;;) {
      const part = await this.#store.do(readLogFromByte, { log, from: byte, limit: chunksMax });
      if (!part) return;
      refuseExpired(part.log);
      let moved = false;
      for (const chunk of part.chunks) {
        const found = await read(chunk, byte).catch((error: unknown) => {
          // Merging has moved the bytes since the index was read: it says now where they are.
          if (missed || codeOf(error) !== 'bytes-missing') throw readable(error, log);
          return undefined;
        });
        moved = missed = found === undefined;
        if (found === undefined) break;
        yield found;
        byte = chunk.firstByte + chunk.bytes;
      }
      if (!moved && part.chunks.length < chunksMax) {
        yield { kind: 'end', log: part.log };
        return;
      }
    }
  }

  /** A chunk's bytes as they were printed. */
  open(chunk: KeptChunk): Promise<Uint8Array> {
    const { segment, offset } = chunk.place;
    return this.#opened.get(`${segment}:${offset}`, chunk.bytes, () => this.#openOnce(chunk));
  }

  async #openOnce(chunk: KeptChunk): Promise<Uint8Array> {
    return openFrame(await this.#store.read(chunk.place, chunk.storedBytes), chunk.bytes);
  }

  async #stretch(
    chunk: ChunkRow,
    from: number,
    open: (chunk: KeptChunk) => Promise<Uint8Array>,
  ): Promise<Stretch> {
    const start = { byte: chunk.firstByte, line: chunk.firstLine };
    if (!isKept(chunk)) return { kind: 'gap', place: start, chunk };
    const bytes = await open(chunk);
    const skipped = Math.max(0, from - chunk.firstByte);
    if (skipped === 0) return { kind: 'bytes', place: start, chunk, bytes };
    const line = chunk.firstLine + lineFeeds(bytes.subarray(0, skipped));
    return { kind: 'bytes', place: { byte: from, line }, chunk, bytes: bytes.subarray(skipped) };
  }

  async #frame(chunk: ChunkRow): Promise<Frame> {
    if (!isKept(chunk)) return { kind: 'gap', chunk };
    return { kind: 'frame', chunk, bytes: await this.#store.read(chunk.place, chunk.storedBytes) };
  }
}

/** Whether it is a piece of the log rather than a gap in it. */
export function isKept(chunk: ChunkRow): chunk is KeptChunk {
  return chunk.place !== null;
}
