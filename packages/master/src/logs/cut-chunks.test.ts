import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { chunkRawBytesMax } from '@millrace/protocol/journal/record';
import { cutChunks } from './cut-chunks.ts';

describe('cutting chunks', () => {
  test('whole lines go together, as many as fit', () => {
    const line = `${'x'.repeat(49_999)}\n`;
    const chunks = cutChunks(Buffer.from(line.repeat(5)), { byte: 7, line: 3 });
    expect(chunks.map(({ byte, line: first, bytes, lines }) => [byte, first, bytes.length, lines])).toEqual([
      [7, 3, 100_000, 2],
      [100_007, 5, 100_000, 2],
      [200_007, 7, 50_000, 1],
    ]);
  });

  test('a line that is longer than a chunk is cut where it must', () => {
    const chunks = cutChunks(Buffer.alloc(chunkRawBytesMax + 10, 'x'), { byte: 0, line: 0 });
    expect(chunks.map(({ bytes }) => bytes.length)).toEqual([chunkRawBytesMax, 10]);
  });

  test('nothing is lost, and all places are right', () => {
    const text = fc
      .array(fc.tuple(fc.nat(200_000), fc.boolean()), { maxLength: 6 })
      .map((parts) =>
        Buffer.concat(parts.map(([length, ended]) => Buffer.from('x'.repeat(length) + (ended ? '\n' : '')))),
      );
    fc.assert(
      fc.property(text, (bytes) => {
        const chunks = cutChunks(bytes, { byte: 0, line: 0 });
        expect(Buffer.concat(chunks.map((chunk) => chunk.bytes)).equals(bytes)).toBe(true);
        let byte = 0;
        let line = 0;
        for (const chunk of chunks) {
          expect([chunk.byte, chunk.line]).toEqual([byte, line]);
          expect(chunk.bytes.length).toBeLessThanOrEqual(chunkRawBytesMax);
          byte += chunk.bytes.length;
          line += chunk.lines;
        }
      }),
      { numRuns: 50 },
    );
  });
});
