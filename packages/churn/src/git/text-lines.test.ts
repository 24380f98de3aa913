import { expect, test } from 'vitest';
import { TextLines } from './text-lines.ts';

function count(...chunks: readonly string[]): number {
  const text = new TextLines();
  for (const chunk of chunks) text.push(Buffer.from(chunk, 'latin1'));
  return text.lines;
}

test('a last line without a newline is a line, an empty file has none', () => {
  expect([count(), count(''), count('a'), count('a\n'), count('a\n', 'b'), count('a\r\n\n')]).toEqual([
    0, 0, 1, 1, 2, 2,
  ]);
});

test('a NUL among the first 8,000 bytes makes a file binary, a later one does not', () => {
  expect(count('a\n', 'b\0\n')).toBe(0);
  expect(count(`${'a'.repeat(7999)}\0`)).toBe(0);
  expect(count(`${'a'.repeat(8000)}\0\n`)).toBe(1);
  expect(count('a'.repeat(7999), 'b', '\0\n')).toBe(1);
});
