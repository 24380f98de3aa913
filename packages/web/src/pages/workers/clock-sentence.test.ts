import { expect, test } from 'vitest';
import { clockSentence } from './clock-sentence.ts';

test('a clock is told of when it is off by more than a minute', () => {
  expect([null, 0, 60_000, -60_000].map((clockOffsetMs) => clockSentence({ clockOffsetMs }))).toEqual([
    null,
    null,
    null,
    null,
  ]);
  expect(clockSentence({ clockOffsetMs: -3_600_000 })).toContain('60 min behind the master');
  expect(clockSentence({ clockOffsetMs: 90_000 })).toContain('2 min ahead of the master');
});
