import { describe, expect, test } from 'vitest';
import { beginWatch, look } from './stall-watch.ts';
import type { Looked } from './stall-watch.ts';

/** Looks at these moments, each with the last beat until then; milliseconds. */
function watch(looks: readonly (readonly [now: number, beat: number])[]): readonly Looked[] {
  let state = beginWatch(0);
  return looks.map(([now, beat]) => {
    const looked = look(state, now * 1000, beat * 1000);
    state = looked.watch;
    return looked;
  });
}

describe('the watch', () => {
  test('has nothing to tell of a loop that comes round', () => {
    const looks = watch([50, 100, 150, 200, 250, 300].map((at) => [at, at - 3]));
    expect(looks.every(({ blockedUs, ended }) => blockedUs === 0 && ended === undefined)).toBe(true);
  });

  test('sees a loop that is blocked, and tells from when to when once it comes back', () => {
    const looks = watch([
      [50, 40],
      [150, 40],
      [250, 40],
      [300, 40],
      [400, 40],
      [450, 430],
      [500, 480],
    ]);
    expect(looks.map(({ blockedUs }) => blockedUs)).toEqual([0, 0, 0, 260_000, 360_000, 0, 0]);
    expect(looks.flatMap(({ ended }) => ended ?? [])).toEqual([{ fromUs: 40_000, toUs: 430_000 }]);
  });

  test('does not take a machine that slept for a stall', () => {
    const looks = watch([
      [50, 40],
      [60_000, 40],
      [60_050, 60_010],
      [60_100, 60_060],
    ]);
    expect(looks.every(({ blockedUs, ended }) => blockedUs === 0 && ended === undefined)).toBe(true);
  });

  test('a hiccup below a quarter of a second is none', () => {
    const looks = watch([
      [50, 40],
      [150, 40],
      [250, 40],
      [290, 285],
    ]);
    expect(looks.at(-1)).toMatchObject({ blockedUs: 0, ended: undefined });
  });
});
