import { describe, expect, test } from 'vitest';
import { neighbour, shownLoad } from './load-range.ts';

const hour = 3_600_000;
const day = 24 * hour;
/** A whole day, and half a minute. */
const now = 1_000 * day + 30_000;
const minute = 1_000 * day;

describe('what an address shows', () => {
  test('is the last day where it says nothing, or nothing that is known', () => {
    const shown = { from: minute - day, to: minute, resolution: 'minute' };
    for (const search of [{}, { span: 'toString' }, { to: 'x' }, { to: String(now + day) }])
      expect(shownLoad(search, now)).toEqual({ span: 'day', shown, before: undefined });
  });

  test('is a stretch that ended before', () => {
    const to = minute - 3 * day;
    expect(shownLoad({ span: 'week', to: String(to) }, now).shown).toEqual({
      from: to - 7 * day,
      to,
      resolution: 'hour',
    });
  });

  test('is what came after a moment, beside as much before it', () => {
    const split = minute - 10 * day;
    expect(shownLoad({ span: 'week', split: String(split) }, now)).toMatchObject({
      shown: { from: split, to: split + 7 * day },
      before: { from: split - 7 * day, to: split },
    });
  });

  test('has as much before a moment as there is after it', () => {
    const split = minute - 2 * hour;
    expect(shownLoad({ span: 'week', split: String(split) }, now)).toMatchObject({
      shown: { from: split, to: minute },
      before: { from: split - 2 * hour, to: split },
    });
  });
});

test('the stretch after the last but one is the last, whose address says no end', () => {
  const last = shownLoad({ span: 'hour' }, now);
  const before = neighbour(last, -1, now);
  expect(before).toEqual({ to: String(minute - hour) });
  expect(neighbour(shownLoad({ span: 'hour', ...before }, now), 1, now)).toEqual({});
});
