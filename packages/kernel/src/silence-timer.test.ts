import { FakeClock } from '@millrace/testkit/fake-clock';
import { expect, test } from 'vitest';
import { SilenceTimer } from './silence-timer.ts';

test('acts when nothing was heard for so long, and again as long as nothing is', async () => {
  const clock = new FakeClock();
  const acted: number[] = [];
  const timer = new SilenceTimer(clock, 100, () => acted.push(clock.monotonicMs()));
  await clock.advance(60);
  timer.heard();
  await clock.advance(99);
  expect(acted).toEqual([]);
  await clock.advance(1);
  expect(acted).toEqual([160]);
  await clock.advance(150);
  timer.heard();
  await clock.advance(90);
  expect(acted).toEqual([160, 260]);
  await clock.advance(10);
  expect(acted).toEqual([160, 260, 410]);
  timer.cancel();
  expect(clock.pending).toBe(0);
});

test('may be cancelled by what it calls', async () => {
  const clock = new FakeClock();
  const timer = new SilenceTimer(clock, 100, () => timer.cancel());
  await clock.advance(100);
  expect(clock.pending).toBe(0);
});
