import { expect, test } from 'vitest';
import { sendable } from './answer-bytes.ts';

test.each([
  ['short', 'ä"\n'],
  ['ASCII', '{"a":"~\u0000\u007f"}'.repeat(1_000)],
  ['Latin', 'ä'.repeat(5_000)],
  ['wider', `${'a'.repeat(5_000)}😀`],
])('a text that is %s leaves as the same bytes', (_kind, text) => {
  expect(Buffer.from(sendable(text) as string).equals(Buffer.from(text))).toBe(true);
});

test('a long text of ASCII is bytes by then', () => {
  expect(sendable('a'.repeat(5_000))).toBeInstanceOf(Buffer);
  expect(sendable('é'.repeat(5_000))).toBeTypeOf('string');
});
