import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isPlainLines } from './plain-lines.ts';

const isPlain = (byte: number): boolean =>
  byte === 10 || (byte >= 0x20 && byte < 0x80 && byte !== 0x22 && byte !== 0x5c);

test('lines are plain where each byte is, at any place in memory', () => {
  for (let byte = 0; byte < 256; byte++) {
    for (let at = 0; at < 12; at++) {
      const bytes = Buffer.from('\n some text \n'.slice(0, 12));
      bytes[at] = byte;
      for (const from of [0, 1, 2, 3])
        expect([byte, at, isPlainLines(bytes.subarray(from))]).toEqual([
          byte,
          at,
          bytes.subarray(from).every(isPlain),
        ]);
    }
  }
  const byte = fc.oneof({ weight: 30, arbitrary: fc.constantFrom(10, 0x20, 0x7f, 0x21, 0x23) }, fc.nat(255));
  fc.assert(
    fc.property(fc.array(byte), fc.nat(7), (list, from) => {
      const bytes = Uint8Array.from(list).subarray(Math.min(from, list.length));
      expect(isPlainLines(bytes)).toBe(bytes.every(isPlain));
    }),
  );
});
