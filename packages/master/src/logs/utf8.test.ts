import { describe, expect, test } from 'vitest';
import fc from 'fast-check';
import { cutCharacterBytes } from './utf8.ts';

describe('a character that is cut in two', () => {
  test('is held back, and nothing else is', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.nat(), (text, at) => {
        const bytes = Buffer.from(text);
        const cut = bytes.subarray(0, at % (bytes.length + 1));
        const whole = cut.subarray(0, cut.length - cutCharacterBytes(cut));
        expect(text.startsWith(whole.toString('utf8'))).toBe(true);
        expect(cut.length - whole.length).toBeLessThan(4);
      }),
    );
  });

  test.each([
    ['nothing', [], 0],
    ['whole text', [0x61, 0xc3, 0xa4], 0],
    ['the first of two', [0x61, 0xc3], 1],
    ['three of four', [0xf0, 0x9f, 0x92], 3],
    ['a byte that begins nothing', [0xff], 0],
    ['an overlong beginning', [0xc0], 0],
    ['continuations without a beginning', [0x80, 0x80, 0x80, 0x80], 0],
  ])('%s', (_, bytes, held) => {
    expect(cutCharacterBytes(Uint8Array.from(bytes))).toBe(held);
  });
});
