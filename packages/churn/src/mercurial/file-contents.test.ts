import fc from 'fast-check';
import { expect, test } from 'vitest';
import { FileContents } from './file-contents.ts';

test('files come out as they went in, wherever the pieces are cut', () => {
  const name = fc.string({
    unit: fc.integer({ min: 1, max: 255 }).map((byte) => String.fromCharCode(byte)),
    minLength: 1,
  });
  const file = fc.tuple(name, fc.uint8Array({ maxLength: 20 }));
  fc.assert(
    fc.property(fc.array(file, { maxLength: 5 }), fc.array(fc.nat(), { maxLength: 6 }), (files, cuts) => {
      const printed = Buffer.concat(
        files.flatMap(([path, content]) => [
          Buffer.from(`${path}\0${content.length}\0`, 'latin1'),
          Buffer.from(content),
        ]),
      );
      const ends = [...cuts.map((cut) => cut % (printed.length + 1)), printed.length].sort((a, b) => a - b);
      const contents = new FileContents();
      const read: [string, number[]][] = [];
      let open = false;
      for (const [index, end] of ends.entries()) {
        for (const piece of contents.push(printed.subarray(ends[index - 1] ?? 0, end))) {
          expect(open).toBe(piece.kind !== 'begin');
          open = piece.kind !== 'end';
          if (piece.kind === 'begin') read.push([piece.path, []]);
          if (piece.kind === 'content') read.at(-1)![1].push(...piece.bytes);
        }
      }
      expect(open).toBe(false);
      expect(read).toEqual(files.map(([path, content]) => [path, [...content]]));
    }),
  );
});
