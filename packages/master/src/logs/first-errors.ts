import type { FirstErrors } from '@millrace/protocol/api/build-errors';
import type { Step } from '@millrace/protocol/api/builds';
import type { ChunkReader } from './chunk-reader.ts';
import { ErrorLineFinder } from './error-lines.ts';
import { LineSplitter } from './line-splitter.ts';
import type { Piece } from './line-splitter.ts';

/** As much of a log's end is looked through. */
const lookBytesMax = 4 * 1024 ** 2;
/** A longer line is looked at in pieces. */
const pieceBytesMax = 64 * 1024;

/** Lifts out of the logs of a failing step the lines that tell why. */
export class FirstErrorsReader {
  readonly #chunks: ChunkReader;

  constructor(chunks: ChunkReader) {
    this.#chunks = chunks;
  }

  /** @throws MillraceError `log-expired`, `log-damaged`. */
  async read(steps: readonly Step[]): Promise<FirstErrors> {
    const step = steps.find(({ result }) => result === 'failure' || result === 'exception');
    if (step === undefined) return { step: null, log: null, kind: 'none', items: [], wholeLog: true };
    const base = { step: step.index };
    let last: FirstErrors = { ...base, log: null, kind: 'none', items: [], wholeLog: true };
    // What programs complain of goes to stderr, where that is a log of its own.
    const logs = step.logs.toSorted((left, right) => rank(left.stream) - rank(right.stream));
    for (const log of logs) {
      const from = Math.max(0, log.bytes - lookBytesMax);
      const finder = await this.#look(log.id, from);
      const told = { ...base, log: log.id, wholeLog: from === 0 };
      if (finder.errors.length > 0) return { ...told, kind: 'errors', items: [...finder.errors] };
      if (last.items.length === 0 && finder.last.length > 0)
        last = { ...told, kind: 'last-lines', items: [...finder.last] };
    }
    return last;
  }

  async #look(log: number, from: number): Promise<ErrorLineFinder> {
    const finder = new ErrorLineFinder();
    let splitter: LineSplitter | undefined;
    // It begins in the middle of a line, unless it is the log's first.
    let skipping = from > 0;
    const take = (pieces: readonly Piece[]): void => {
      for (const piece of pieces) {
        if (piece.kind === 'bytes' && !skipping) finder.push(piece.line, textOf(piece.bytes));
        skipping &&= piece.kind === 'bytes' && piece.next.line === piece.line;
      }
    };
    for await (const part of this.#chunks.from(log, from)) {
      if (part.kind === 'end' || finder.full) break;
      splitter ??= new LineSplitter(part.place, pieceBytesMax);
      take(part.kind === 'gap' ? splitter.gap(part.chunk) : splitter.push(part.bytes));
    }
    take(splitter?.flush('all') ?? []);
    return finder;
  }
}

function rank(stream: string): number {
  return stream === 'stderr' ? 0 : 1;
}

function textOf(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8');
}
