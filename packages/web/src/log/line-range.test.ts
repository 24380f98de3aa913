import { expect, test } from 'vitest';
import { formatLineRange, parseLineRange } from './line-range.ts';

test('a range of lines is read from an address and written to it', () => {
  expect(parseLineRange('#L120-L140')).toEqual({ first: 120, last: 140 });
  expect(parseLineRange('L7')).toEqual({ first: 7, last: 7 });
  expect(parseLineRange('L9-3')).toEqual({ first: 3, last: 9 });
  for (const other of ['', '#', 'L0', 'L1-', 'main', 'L99999999999999'])
    expect(parseLineRange(other)).toBeUndefined();
  expect(formatLineRange({ first: 120, last: 140 })).toBe('L120-L140');
  expect(formatLineRange({ first: 7, last: 7 })).toBe('L7');
});
