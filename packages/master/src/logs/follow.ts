import type { Clock } from '@millrace/kernel/clock';
import { Wakeup } from '@millrace/kernel/wakeup';
import type { LogHead } from '../store/operations/read-logs.ts';
import type { Store } from '../store/store.ts';
import type { ChunkReader } from './chunk-reader.ts';
import { LineSplitter } from './line-splitter.ts';
import type { Piece } from './line-splitter.ts';
import type { LogLookers } from './log-watch.ts';
import type { LogWakes } from './log-wakes.ts';

/** A longer line comes in pieces. */
const pieceBytesMax = 128 * 1024;
/** Pieces are given on once they are this many bytes. */
const batchBytes = 64 * 1024;
/** A signal may be lost: then this is how late more is noticed. */
const secondLookMs = 2_000;

export type Followed =
  | { readonly kind: 'pieces'; readonly pieces: readonly Piece[] }
  /** The log is closed and everything was given. */
  | { readonly kind: 'end'; readonly log: LogHead };

export interface FollowerParts {
  readonly store: Store;
  readonly chunks: ChunkReader;
  readonly wakes: LogWakes;
  readonly lookers: LogLookers;
  readonly clock: Clock;
}

/** Reads a log from some byte on, and what comes after it while it comes. */
export class LogFollower {
  readonly #parts: FollowerParts;

  constructor(parts: FollowerParts) {
    this.#parts = parts;
  }

  /**
   * Reads on only when it is asked for the next: a listener that does not keep up holds nothing but its
   * place. A partial line is given as it comes; what completes it is a piece of the same line. Ends without
   * `end` when the signal aborts. Yields nothing for an unknown log.
   *
   * @throws MillraceError `log-expired`, `log-damaged`.
   */
  async *follow(log: LogHead, fromByte: number, signal: AbortSignal): AsyncGenerator<Followed> {
    using more = new Wakeups(this.#parts, log);
    let splitter: LineSplitter | undefined;
    let readBytes = fromByte;
    while (!signal.aborted) {
      const batch = new Batch();
      let end: LogHead | undefined;
      for await (const read of this.#parts.chunks.from(log.id, readBytes)) {
        if (signal.aborted) return;
        if (read.kind === 'end') end = read.log;
        else {
          splitter ??= new LineSplitter(read.place, pieceBytesMax);
          batch.add(read.kind === 'gap' ? splitter.gap(read.chunk) : splitter.push(read.bytes));
          readBytes = read.chunk.firstByte + read.chunk.bytes;
        }
        if (batch.bytes >= batchBytes) yield batch.take();
      }
      if (!end) return;
      batch.add(splitter?.flush(end.state === 'closed' ? 'all' : 'text') ?? []);
      if (batch.bytes > 0) yield batch.take();
      if (end.state === 'closed') {
        yield { kind: 'end', log: end };
        return;
      }
      await more.wait(signal);
    }
  }
}

/** Waits for more of a log that is looked at. */
class Wakeups implements Disposable {
  readonly #clock: Clock;
  readonly #wakeup = new Wakeup();
  readonly #stops: readonly (() => void)[];

  constructor(parts: FollowerParts, log: LogHead) {
    this.#clock = parts.clock;
    this.#stops = [
      parts.wakes.add(log.id, this.#wakeup),
      ...(log.state === 'open' ? [parts.lookers.add(log.build, log.number)] : []),
    ];
  }

  async wait(signal: AbortSignal): Promise<void> {
    const secondLook = this.#clock.after(secondLookMs, () => this.#wakeup.wake());
    await this.#wakeup.wait(signal);
    secondLook.cancel();
  }

  [Symbol.dispose](): void {
    for (const stop of this.#stops) stop();
  }
}

class Batch {
  #pieces: Piece[] = [];
  #bytes = 0;

  /** A gap counts as one. */
  get bytes(): number {
    return this.#bytes;
  }

  add(pieces: readonly Piece[]): void {
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
