import { describe, expect, test } from 'vitest';
import { beginWatch, look } from './stall-watch.ts';
import type { Looked } from './stall-watch.ts';

/** Looks at these moments, each with the last beat until then, and how long it had been idle; milliseconds. */
function watch(looks: readonly (readonly [now: number, beat: number, idle?: number])[]): readonly Looked[] {
  let state = beginWatch(0, { atUs: 0, idleUs: 0 });
  return looks.map(([now, beat, idle = 0]) => {
    const looked = look(state, now * 1000, { atUs: beat * 1000, idleUs: idle * 1000 });
    state = looked.watch;
    return looked;
  });
}

describe('the watch', () => {
  test('has nothing to tell of a loop that comes round', () => {
    const looks = watch([50, 100, 150, 200, 250, 300].map((at) => [at, at - 3]));
    expect(looks.every(({ ended }) => ended === undefined)).toBe(true);
  });

  test('tells of a loop that was blocked from when to when, once it comes back', () => {
    const looks = watch([
      [50, 40],
      [150, 40],
      [250, 40],
      [300, 40],
      [400, 40],
      [450, 430],
      [500, 480],
    ]);
    expect(looks.flatMap(({ ended }) => ended ?? [])).toEqual([{ fromUs: 40_000, toUs: 430_000 }]);
  });

  test('does not take a machine that slept for a stall', () => {
    const looks = watch([
      [50, 40],
      [60_000, 40],
      [60_050, 60_010],
      [60_100, 60_060],
    ]);
    expect(looks.every(({ ended }) => ended === undefined)).toBe(true);
  });

  test('does not count the time after a beat in which the loop was idle', () => {
    const looks = watch([
      [150, 100, 90],
      [300, 100, 90],
      [400, 390, 180],
      [550, 500, 280],
      [650, 500, 280],
      [750, 500, 280],
      [850, 500, 280],
      [950, 900, 370],
    ]);
    expect(looks.flatMap(({ ended }) => ended ?? [])).toEqual([{ fromUs: 590_000, toUs: 900_000 }]);
  });

  test('does not take much work between two beats that are far apart for a stall', () => {
    const watched = beginWatch(0, { atUs: 0, idleUs: 0 });
    const beat = { atUs: 2_000_000, idleUs: 1_000_000 };
    expect(look(watched, 100_000, { atUs: 0, idleUs: 0 }, 160_000).ended).toBe(undefined);
    const looked = look({ ...watched, lookedUs: 1_900_000 }, 2_010_000, beat, 160_000);
    expect(looked.ended).toBe(undefined);
  });

  test('a hiccup below a quarter of a second is none', () => {
    const looks = watch([
      [50, 40],
      [150, 40],
      [250, 40],
      [290, 285],
    ]);
    expect(looks.at(-1)).toMatchObject({ ended: undefined });
  });
});
