import { expect, test } from 'vitest';
import { ticksOf } from './time-ticks.ts';

const day = 24 * 3_600_000;
/** By the clock of whoever runs this. */
const noon = new Date(2026, 10, 18, 12).getTime();

test('ticks are round times, few enough to stand beside each other', () => {
  for (const length of [day / 24, day, 7 * day, 30 * day, 365 * day]) {
    const ticks = ticksOf({ from: noon - length, to: noon });
    expect(ticks.length).toBeGreaterThan(3);
    expect(ticks.length).toBeLessThan(13);
    expect(ticks.every(({ place, text }) => place > 0 && place < 1 && text !== '')).toBe(true);
  }
  const places = ticksOf({ from: noon - 7 * day, to: noon }).map(({ place }) => place * 7);
  expect(places[0]).toBeCloseTo(0.5);
});

test('of no time there are none', () => {
  expect(ticksOf({ from: 5, to: 5 })).toEqual([]);
});
