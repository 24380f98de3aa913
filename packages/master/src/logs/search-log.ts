import type { LogMatch } from '@millrace/protocol/api/logs';
import type { LogHead } from '../store/operations/read-logs.ts';
import type { LogPlace, Piece } from './line-splitter.ts';
import type { LinesReader, LinesStart } from './read-lines.ts';

/** Output that one answer looks through; `next` goes on from there. */
const searchedBytesMax = 32 * 1024 ** 2;
/** Lines that are looked through at a time: between them others have their turn. */
const linesAtOnce = 5_000;
/** Of a line that matches, as much as a person reads. */
const shownChars = 500;
const beforeChars = 100;

export interface LogQuestion {
  readonly text: string;
  readonly matchCase: boolean;
  /** At most so many lines. */
  readonly limit: number;
}

export interface LogFindings {
  readonly log: LogHead;
  readonly matches: readonly LogMatch[];
  /** Where the next answer starts; undefined at the end of what is known. */
  readonly next: LogPlace | undefined;
}

/**
 * Looks for a text in a log, line by line, as it is read: what it holds is one answer's lines, however long the log.
 * Colours do not come between: `error` is found where its letters are painted.
 */
export class LogSearch {
  readonly #lines: LinesReader;

  constructor(lines: LinesReader) {
    this.#lines = lines;
  }

  /** Undefined: there is no such log. @throws MillraceError `log-expired`, `log-damaged` */
  async find(log: number, start: LinesStart, question: LogQuestion): Promise<LogFindings | undefined> {
    const wanted = folded(question.text, question.matchCase);
    const matches: LogMatch[] = [];
    let searchedBytes = 0;
    let from: LinesStart = start;
    for (;;) {
      const range = await this.#lines.read(log, from, linesAtOnce);
      if (!range) return undefined;
      for (const piece of range.pieces) {
        const match = matchIn(piece, wanted, question.matchCase);
        if (match) matches.push(match);
        searchedBytes += piece.kind === 'gap' ? 0 : piece.bytes.length;
        if (matches.length === question.limit || searchedBytes >= searchedBytesMax)
          return { log: range.log, matches, next: piece.next };
      }
      if (!range.next) return { log: range.log, matches, next: undefined };
      from = { place: range.next };
    }
  }
}

function matchIn(piece: Piece, wanted: string, matchCase: boolean): LogMatch | undefined {
  if (piece.kind === 'gap') return undefined;
  const { bytes, byte, line } = piece;
  const shown = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    .toString('utf8')
    .replace(paint, '')
    .replace(lineEnd, '');
  const column = folded(shown, matchCase).indexOf(wanted);
  if (column < 0) return undefined;
  const first = Math.max(0, column - beforeChars);
  return { line, byte, column, text: shown.slice(first, first + shownChars) };
}

function folded(text: string, matchCase: boolean): string {
  return matchCase ? text : text.toLowerCase();
}

const lineEnd = /\r?\n$/u;
/** Colours and weights: ECMA-48's "select graphic rendition". */
// oxlint-disable-next-line no-control-regex
const paint = /\u001b\[[0-9;:]*m/gu;
