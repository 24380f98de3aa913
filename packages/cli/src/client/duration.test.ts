import { expect, test } from 'vitest';
import { ago, duration } from './duration.ts';

test('a duration has at most two units', () => {
  expect([400, 12_000, 59_600, 185_000, 7_620_000, 356_400_000].map(duration)).toEqual([
    '0.4 s',
    '12 s',
    '1m 00s',
    '3m 05s',
    '2h 07m',
    '4d 03h',
  ]);
});

test('a time ago has one unit', () => {
  expect([0, 40_000, 180_000, 7_200_000, 432_000_000].map(ago)).toEqual([
    'now',
    '40 s ago',
    '3 min ago',
    '2 h ago',
    '5 d ago',
  ]);
});
