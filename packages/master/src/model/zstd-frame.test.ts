import { constants, zstdCompressSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { wrongWithFrame } from './zstd-frame.ts';

const content = fc.oneof(
  fc.uint8Array({ minLength: 1, maxLength: 2000 }),
  fc.integer({ min: 1, max: 128 * 1024 }).map((length) => new Uint8Array(length).fill(97)),
);

describe('a zstd frame', () => {
  test('as a slot makes it is right', () => {
    fc.assert(
      fc.property(content, fc.boolean(), (bytes, checksum) => {
        const params = { [constants.ZSTD_c_checksumFlag]: checksum, [constants.ZSTD_c_compressionLevel]: 1 };
        expect(wrongWithFrame(zstdCompressSync(bytes, { params }), bytes.length)).toBeUndefined();
      }),
    );
  });

  test('that states another size is refused', () => {
    const bomb = zstdCompressSync(new Uint8Array(16 * 1024 ** 2));
    expect(wrongWithFrame(bomb, 1000)).toMatch('states 16777216 bytes');
  });

  test('that states no size is refused', () => {
    const params = { [constants.ZSTD_c_contentSizeFlag]: 0 };
    expect(wrongWithFrame(zstdCompressSync(Buffer.alloc(1000), { params }), 1000)).toMatch('does not state');
  });

  test('followed by another one is refused', () => {
    const one = zstdCompressSync(Buffer.from('one'));
    expect(wrongWithFrame(Buffer.concat([one, one]), 3)).toMatch('followed');
  });

  test('whose blocks open to more than its header states is refused', () => {
    const frame = zstdCompressSync(new Uint8Array(60_000).fill(1), { params: {} });
    // The header's two bytes of content size, less 256.
    const lying = Uint8Array.from(frame);
    lying[5] = 10;
    lying[6] = 0;
    const raw = Uint8Array.of(0x28, 0xb5, 0x2f, 0xfd, 0x20, 1, 0b10001, 0, 0, 1, 2);
    expect(wrongWithFrame(raw, 1)).toMatch('opens to more');
    expect(wrongWithFrame(lying, 60_000)).toMatch('states 266 bytes');
  });

  test('cut anywhere is refused, and noise never throws', () => {
    const frame = zstdCompressSync(Buffer.from('some text, some text, some text'));
    for (let length = 0; length < frame.length; length++) {
      expect(wrongWithFrame(frame.subarray(0, length), 31)).toBeDefined();
    }
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), (noise) => {
        expect(wrongWithFrame(Buffer.concat([frame.subarray(0, 4), noise]), 1_000_000)).toBeDefined();
      }),
    );
  });
});
