import { expect, test } from 'vitest';
import { headline, printable } from './printable.ts';
import { TerminalText } from './terminal-text.ts';

const bytes = (text: string): Uint8Array => Buffer.from(text);

test('what others wrote shows every control for what it is', () => {
  expect(printable('a\u001b[2Jb\n\u202ec\u0007')).toBe('a\\x1b[2Jb\\n\\u202ec\\x07');
  expect(headline('first line\nsecond', 6)).toBe('first…');
});

test('colours pass to a terminal, what moves its cursor does not', () => {
  const text = new TerminalText({ colour: true });
  expect(text.push(bytes('\u001b[1;31mred\u001b[0m \u001b[2J\u001b]0;title\u0007\tx\r\n'))).toBe(
    '\u001b[1;31mred\u001b[0m \\x1b[2J\\x1b]0;title\\x07\tx\r\n',
  );
});

test('a sequence or a character cut between two chunks is one', () => {
  const text = new TerminalText({ colour: true });
  const whole = bytes('\u001b[31mé\u001b[0m');
  let out = '';
  for (const byte of whole) out += text.push(Uint8Array.of(byte));
  expect(out + text.end()).toBe('\u001b[31mé\u001b[0m\u001b[0m');
});

test('without colour the colours go, and an endless sequence is not held back', () => {
  const text = new TerminalText({ colour: false });
  expect(text.push(bytes('\u001b[31mred\u001b[0m'))).toBe('red');
  expect(text.push(bytes(`\u001b[${'1;'.repeat(100)}`))).toMatch(/^\\x1b\[1;1;/u);
});
