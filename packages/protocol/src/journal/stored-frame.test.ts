import { constants, zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { storedContent, storedFrame } from './stored-frame.ts';

describe('a frame that holds its bytes as they are', () => {
  test('is opened by zstd, and by who knows it', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 2_000 }), (bytes) => {
        const frame = storedFrame(bytes);
        expect(zstdDecompressSync(frame)).toEqual(Buffer.from(bytes));
        expect(Buffer.from(storedContent(frame) ?? [])).toEqual(Buffer.from(bytes));
      }),
    );
    const largest = Buffer.alloc(128 * 1024, 'x');
    expect(zstdDecompressSync(storedFrame(largest)).equals(largest)).toBe(true);
  });

  test('no other frame is taken for one', () => {
    const frame = storedFrame(Buffer.from('some output\n'));
    for (let at = 0; at < 12; at++) {
      const other = Uint8Array.from(frame);
      other[at] = (other[at] ?? 0) ^ 0x40;
      expect(storedContent(other)).toBeUndefined();
    }
    expect(storedContent(frame.subarray(0, -1))).toBeUndefined();
    expect(storedContent(Buffer.concat([frame, frame]))).toBeUndefined();
    expect(storedContent(new Uint8Array(3))).toBeUndefined();
    const level = { [constants.ZSTD_c_compressionLevel]: 1 };
    for (const text of ['x', 'some output\n', 'a\n'.repeat(500)])
      expect(
        storedContent(zstdCompressSync(text, { params: level, pledgedSrcSize: text.length })),
      ).toBeUndefined();
  });
});
