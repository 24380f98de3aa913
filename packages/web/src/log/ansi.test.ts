import { expect, test } from 'vitest';
import { lineCharsMax, paintLine, plainLine } from './ansi.ts';

test('colours and weights become paint, and end where the line says', () => {
  expect(paintLine('\u001b[1;31merror\u001b[22m: \u001b[39mx\u001b[0m\n')).toEqual([
    { text: 'error', paint: { bold: true, fg: '1' } },
    { text: ': ', paint: { fg: '1' } },
    { text: 'x', paint: {} },
  ]);
});

test('bright, 256 and direct colours are understood, with either separator', () => {
  const fg = (codes: string): string | undefined => paintLine(`\u001b[${codes}mx`)[0]?.paint.fg;
  expect(fg('91')).toBe('9');
  expect(fg('38;5;9')).toBe('9');
  expect(fg('38;5;196')).toBe('rgb(255 0 0)');
  expect(fg('38;5;244')).toBe('rgb(128 128 128)');
  expect(fg('38;2;1;2;300')).toBe('rgb(1 2 255)');
  expect(fg('38:5:208')).toBe('rgb(255 135 0)');
  expect(paintLine('\u001b[41;97mx')[0]?.paint).toEqual({ bg: '1', fg: '15' });
});

test('what moves a cursor, names a window or links is dropped', () => {
  expect(
    plainLine('\u001b[2K\u001b[1Ga\u001b]0;title\u0007b\u001b]8;;http://x\u001b\\c\u001b(Bd\u001b7'),
  ).toBe('abcd');
});

test('a progress line shows what was printed last', () => {
  expect(plainLine('10%\r50%\r100%\r\n')).toBe('100%');
  expect(plainLine('10%\r50%')).toBe('50%');
});

test('other controls and marks that turn text are shown', () => {
  expect(plainLine('a\u0000b\u0008c\u007fd\u202ee')).toBe('a␀b␈c␡d\ufffde');
});

test('work is bounded: a long line is cut, and has no more than 2,000 paints', () => {
  expect(plainLine('x'.repeat(1_000_000)).length).toBe(lineCharsMax);
  expect(paintLine('\u001b[31mx\u001b[32my'.repeat(100_000)).length).toBeLessThanOrEqual(4_001);
  expect(plainLine(`\u001b[${'1;'.repeat(100_000)}`).length).toBeLessThanOrEqual(lineCharsMax);
});
