import { expect, test } from 'vitest';
import { momentOf } from './moment.ts';

const now = Date.parse('2026-03-01T12:00:00Z');

test.each([
  ['90s', now - 90_000],
  ['24h', now - 86_400_000],
  ['2w', now - 14 * 86_400_000],
  ['999999d', 0],
  ['2026-01-31', new Date(2026, 0, 31).getTime()],
  ['2026-01-31T08:00', new Date(2026, 0, 31, 8).getTime()],
  ['2026-01-31T08:00:00Z', Date.parse('2026-01-31T08:00:00Z')],
])('%s is a moment', (text, expected) => {
  expect(momentOf(text, now)).toBe(expected);
});

test.each(['yesterday', '24', '1y', '-1h', '2026-13-01', '1969-12-01', '5', ''])('%o is none', (text) => {
  expect(() => momentOf(text, now)).toThrow('must be 24h, 7d');
});
