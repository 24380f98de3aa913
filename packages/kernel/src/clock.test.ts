import { expect, test } from 'vitest';
import { systemClock } from './clock.ts';

test('what is to be done at once comes in the next round of the event loop, or not at all where it is cancelled', async () => {
  const done: string[] = [];
  systemClock.after(0, () => done.push('first'));
  systemClock.after(0, () => done.push('cancelled')).cancel();
  systemClock.after(-1, () => done.push('second'));
  expect(done).toEqual([]);
  await new Promise<void>((resolve) => {
    systemClock.after(0, resolve);
  });
  expect(done).toEqual(['first', 'second']);
});
