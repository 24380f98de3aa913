import { expect, test } from 'vitest';
import { Doorbell } from './doorbell.ts';

test('a bell that has rung since the last time is heard, once, however often it rang', () => {
  const outside = new Doorbell();
  const inside = new Doorbell(outside.memory);
  expect(inside.sleep(0)).toBe('slept');
  outside.ring();
  outside.ring();
  expect(inside.sleep(60_000)).toBe('rung');
  expect(inside.sleep(0)).toBe('slept');
});
