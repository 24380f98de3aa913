import { expect, test } from 'vitest';
import { ago, duration } from './duration.ts';

test('a duration has at most two units and never rounds up to a time that has not passed', () => {
  expect([0, 400, 999, 12_900, 59_999, 60_000, 185_000, 7_620_000, 356_400_000].map(duration)).toEqual([
    '0.0 s',
    '0.4 s',
    '1.0 s',
    '12 s',
    '59 s',
    '1m 00s',
    '3m 05s',
    '2h 07m',
    '4d 03h',
  ]);
});

test('a clock that is behind the master shows no negative time', () => {
  expect(duration(-5_000)).toBe('0.0 s');
  expect(ago(-5_000)).toBe('now');
});

test('a time ago has one unit', () => {
  expect([4_999, 40_000, 180_000, 7_200_000, 432_000_000].map(ago)).toEqual([
    'now',
    '40 s',
    '3 min',
    '2 h',
    '5 d',
  ]);
});
