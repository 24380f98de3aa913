import type { LogHead } from '../store/operations/read-logs.ts';
import type { ChunkReader, Stretch } from './chunk-reader.ts';
import type { FreshChunk } from './fresh-chunk.ts';
import { lineFeeds, LineSplitter } from './line-splitter.ts';
import type { Lines, Piece } from './line-splitter.ts';
import { News } from './news.ts';
import type { NewsParts } from './news.ts';

/** A longer line comes in pieces. */
const pieceBytesMax = 128 * 1024;
/** Pieces are given on once they are this many bytes. */
const batchBytes = 64 * 1024;

export type Followed =
  | { readonly kind: 'pieces'; readonly pieces: readonly (Piece | Lines)[] }
  /** The log is closed and everything was given. */
  | { readonly kind: 'end'; readonly log: LogHead };

export interface FollowerParts extends NewsParts {
  readonly chunks: ChunkReader;
}

/** Reads a log from some byte on, and what comes after it while it comes. */
export class LogFollower {
  readonly #parts: FollowerParts;

  constructor(parts: FollowerParts) {
    this.#parts = parts;
  }

  /**
   * Reads on only when it is asked for the next: a listener that does not keep up holds his place, and a little that was
   * handed on. A partial line is given as it comes; what completes it is a piece of the same line. Ends without
   * `end` when the signal aborts. Yields nothing for an unknown log.
   *
   * @throws MillraceError `log-expired`, `log-damaged`.
   */
  async *follow(log: LogHead, fromByte: number, signal: AbortSignal): AsyncGenerator<Followed> {
    using news = new News(this.#parts, log, signal);
    const place = new Place(fromByte);
    const batch = new Batch();
    while (!signal.aborted) {
      for (const chunk of news.takeFrom(place.byte)) batch.add(place.takeFresh(chunk));
      batch.add(place.flush('text'));
      if (batch.bytes > 0) yield batch.take();
      if (!news.takeLook()) {
        await news.wait();
        continue;
      }
      let end: LogHead | undefined;
      for await (const read of this.#parts.chunks.from(log.id, place.byte)) {
        if (signal.aborted) return;
        if (read.kind === 'end') end = read.log;
        else batch.add(place.take(read));
        if (batch.bytes >= batchBytes) yield batch.take();
      }
      if (!end) return;
      batch.add(place.flush(end.state === 'closed' ? 'all' : 'text'));
      if (batch.bytes > 0) yield batch.take();
      if (end.state === 'closed') {
        yield { kind: 'end', log: end };
        return;
      }
    }
  }
}

/** How far a follower has read, and the line that it is in. */
class Place {
  #byte: number;
  /** From the first chunk on, which says what line it begins in. */
  #splitter: LineSplitter | undefined;

  constructor(byte: number) {
    this.#byte = byte;
  }

  /** The next that it wants. */
  get byte(): number {
    return this.#byte;
  }

  /** One that begins at this place. */
  takeFresh(chunk: FreshChunk): readonly (Piece | Lines)[] {
    this.#splitter ??= new LineSplitter(chunk.place, pieceBytesMax);
    this.#byte = chunk.endByte;
    return this.#splitter.pushLines(chunk.open(), chunk.lines);
  }

  take(read: Stretch): readonly (Piece | Lines)[] {
    this.#splitter ??= new LineSplitter(read.place, pieceBytesMax);
    this.#byte = read.chunk.firstByte + read.chunk.bytes;
    if (read.kind === 'gap') return this.#splitter.gap(read.chunk);
    const isWhole = read.bytes.length === read.chunk.bytes;
    return this.#splitter.pushLines(read.bytes, isWhole ? read.chunk.lines : lineFeeds(read.bytes));
  }

  flush(how: 'text' | 'all'): readonly Piece[] {
    return this.#splitter?.flush(how) ?? [];
  }
}

class Batch {
  #pieces: (Piece | Lines)[] = [];
  #bytes = 0;

  /** A gap counts as one. */
  get bytes(): number {
    return this.#bytes;
  }

  add(pieces: readonly (Piece | Lines)[]): void {
    for (const piece of pieces) {
      this.#pieces.push(piece);
      this.#bytes += piece.kind === 'gap' ? 1 : piece.bytes.length;
    }
  }

  take(): Followed {
    const pieces = this.#pieces;
    this.#pieces = [];
    this.#bytes = 0;
    return { kind: 'pieces', pieces };
  }
}
