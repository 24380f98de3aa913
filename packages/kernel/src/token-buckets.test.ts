import { expect, test } from 'vitest';
import { FakeClock } from '@millrace/testkit/fake-clock';
import { TokenBuckets } from './token-buckets.ts';

test('a burst at once, then by the second, each key by itself', async () => {
  const clock = new FakeClock();
  const buckets = new TokenBuckets(clock, () => ({ perSecond: 2, burst: 3 }));
  expect([1, 2, 3].map(() => buckets.take('a'))).toEqual([0, 0, 0]);
  expect(buckets.take('a')).toBe(500);
  expect(buckets.take('b')).toBe(0);
  await clock.advance(500);
  expect(buckets.take('a')).toBe(0);
  expect(buckets.take('a')).toBe(500);
  await clock.advance(60_000);
  expect([1, 2, 3, 4].map(() => buckets.take('a'))).toEqual([0, 0, 0, 500]);
});

test('what is remembered has a bound: the one that came the longest time ago is forgotten', () => {
  const buckets = new TokenBuckets(new FakeClock(), () => ({ perSecond: 1, burst: 1 }));
  for (let key = 0; key <= 10_000; key++) buckets.take(String(key));
  expect(buckets.take('10000')).toBe(1_000);
  expect(buckets.take('0')).toBe(0);
});
