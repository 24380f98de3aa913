import { describe, expect, test } from 'vitest';
import fc from 'fast-check';
import { LineSplitter, afterLineFeed, lineFeeds } from './line-splitter.ts';
import type { Piece } from './line-splitter.ts';
import { logLine } from './log-line.ts';

/** Bytes like those of logs: lines, long lines, no lines, characters of several bytes, noise. */
const output = fc
  .array(
    fc.oneof(
      fc.string({ unit: 'binary' }).map((text) => Buffer.from(text)),
      fc.uint8Array().map((bytes) => Buffer.from(bytes)),
      fc.constantFrom('\n', '\r\n', '\r', 'ä', '💧', 'x'.repeat(40)).map((text) => Buffer.from(text)),
    ),
  )
  .map((parts) => Buffer.concat(parts));

function cut(bytes: Uint8Array, places: readonly number[]): Uint8Array[] {
  const sorted = places.map((place) => place % (bytes.length + 1)).sort((left, right) => left - right);
  return [0, ...sorted].map((from, index) => bytes.subarray(from, sorted[index] ?? bytes.length));
}

function split(parts: readonly Uint8Array[], pieceBytesMax: number): Piece[] {
  const splitter = new LineSplitter({ byte: 0, line: 0 }, pieceBytesMax);
  return [...parts.flatMap((part) => splitter.push(part)), ...splitter.flush('all')];
}

const plain = (pieces: readonly Piece[]) =>
  pieces.map((piece) => ({ ...piece, bytes: piece.kind === 'gap' ? piece.bytes : [...piece.bytes] }));
const bytesOf = (pieces: readonly Piece[]) =>
  Buffer.concat(pieces.map((piece) => (piece.kind === 'gap' ? new Uint8Array() : piece.bytes)));

describe('lines of a log', () => {
  test('are the same however the bytes came', () => {
    fc.assert(
      fc.property(output, fc.array(fc.nat()), fc.integer({ min: 8, max: 100 }), (bytes, places, most) => {
        expect(plain(split(cut(bytes, places), most))).toEqual(plain(split([bytes], most)));
      }),
    );
  });

  test('put together are what was printed, each at its place', () => {
    fc.assert(
      fc.property(output, fc.array(fc.nat()), fc.integer({ min: 8, max: 100 }), (bytes, places, most) => {
        const pieces = split(cut(bytes, places), most);
        expect(bytesOf(pieces)).toEqual(bytes);
        for (const piece of pieces) {
          expect(piece.line).toBe(lineFeeds(bytes.subarray(0, piece.byte)));
          expect(piece.kind === 'bytes' && piece.bytes.length <= most).toBe(true);
          expect(piece.next.byte).toBe(piece.byte + (piece.kind === 'bytes' ? piece.bytes.length : 0));
        }
      }),
    );
  });

  test('text stays text, wherever chunks and flushes cut it', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.array(fc.nat()), (text, places) => {
        const splitter = new LineSplitter({ byte: 0, line: 0 }, 16);
        const pieces = cut(Buffer.from(text), places).flatMap((part) => [
          ...splitter.push(part),
          ...splitter.flush('text'),
        ]);
        const lines = [...pieces, ...splitter.flush('all')].map(logLine);
        expect(lines.map((line) => line.text).join('')).toBe(text);
      }),
    );
  });

  test('a line of noise is base64 as a whole', () => {
    const [first, second] = split([Uint8Array.of(0xff, 0xfe), Uint8Array.of(10, 0x61, 10)], 64).map(logLine);
    expect(first).toEqual({ byte: 0, line: 0, base64: Buffer.of(0xff, 0xfe, 10).toString('base64') });
    expect(second).toEqual({ byte: 3, line: 1, text: 'a\n' });
  });

  test('a gap ends what was under way and moves the numbers on', () => {
    const splitter = new LineSplitter({ byte: 0, line: 0 }, 64);
    const pieces = [
      ...splitter.push(Buffer.from('one\ntw')),
      ...splitter.gap({ lines: 7, bytes: 100 }),
      ...splitter.push(Buffer.from('ine\n')),
    ];
    expect(pieces.map(logLine)).toEqual([
      { byte: 0, line: 0, text: 'one\n' },
      { byte: 4, line: 1, text: 'tw' },
      { byte: 6, line: 1, gap: { lines: 7, bytes: 100 } },
      { byte: 106, line: 8, text: 'ine\n' },
    ]);
  });

  test('the place after a line feed is found', () => {
    const bytes = Buffer.from('a\n\nb');
    expect([0, 1, 2, 3].map((feed) => afterLineFeed(bytes, feed))).toEqual([0, 2, 3, undefined]);
  });
});
