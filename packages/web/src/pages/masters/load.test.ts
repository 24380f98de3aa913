import type { LoadPoint } from '@millrace/protocol/api/profiles';
import { describe, expect, test } from 'vitest';
import { areaPath, linePath, placesOf, roundCeiling } from './chart-paths.ts';
import { bandsOf, otherRooms, sharesIn } from './load-bands.ts';
import { figuresOf } from './load-figures.ts';

const point = (over: Partial<LoadPoint>): LoadPoint => ({
  at: 0,
  minutes: 1,
  busyShare: 0,
  rooms: [],
  loopDelay: { p50: 0, p99: 0, max: 0 },
  stalls: 0,
  builds: 0,
  logBytes: 0,
  commits: 0,
  segmentSyncs: 0,
  gcMs: 0,
  residentBytes: 0,
  version: '1',
  generation: 'g',
  ...over,
});

describe('figures of a stretch of time', () => {
  test('count each point by its minutes', () => {
    const busy = point({
      minutes: 3,
      busyShare: 0.5,
      rooms: [{ room: 'store', share: 1 }],
      builds: 6,
      commits: 9,
      segmentSyncs: 3,
    });
    const figures = figuresOf([busy, point({ loopDelay: { p50: 0, p99: 4, max: 9 }, logBytes: 240 })]);
    expect(figures).toMatchObject({
      minutes: 4,
      busyShare: 0.375,
      delayP99: 1,
      delayMax: 9,
      buildsPerHour: 90,
      busyMsPerBuild: 15_000,
      logBytesPerSecond: 1,
      fsyncsPerSecond: 0.05,
      fsyncsPerBuild: 2,
    });
    expect([...figures.rooms]).toEqual([['store', 0.375]]);
  });

  test('are nothing of nothing', () => {
    expect(figuresOf([])).toMatchObject({ minutes: 0, busyShare: 0, fsyncsPerBuild: 0, buildsPerHour: 0 });
  });
});

describe('bands', () => {
  const rooms = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'].map((room, index) => ({
    room,
    share: (8 - index) / 36,
  }));

  test('are the rooms that took most, and one for the rest', () => {
    expect(bandsOf([point({ busyShare: 1, rooms })])).toEqual(['a', 'b', 'c', 'd', 'e', 'f', otherRooms]);
    expect(bandsOf([point({ busyShare: 1, rooms: rooms.slice(0, 2) })])).toEqual(['a', 'b']);
  });

  test('add up to what was busy, also where nobody sampled', () => {
    const points = [point({ busyShare: 0.5, rooms }), point({ busyShare: 0.25 })];
    for (const one of points)
      expect(sharesIn(one, bandsOf(points)).reduce((sum, share) => sum + share, 0)).toBeCloseTo(
        one.busyShare,
      );
  });
});

describe('paths', () => {
  const column = (from: number, to: number, high: number) => ({ from, to, low: 0, high });

  test('have steps, and gaps where nothing is known', () => {
    expect(linePath([column(0, 0.1, 0), column(0.1, 0.2, 1), column(0.5, 0.6, 0.5)])).toBe(
      'M0,100 100,100 100,0 200,0M500,50 600,50',
    );
    expect(areaPath([column(0, 0.5, 0.25)])).toBe('M0,75 500,75 500,100 0,100Z');
  });

  test('are cut off at the ends of the time that is shown', () => {
    expect(placesOf([{ at: -5 }, { at: 95 }], 10, { from: 0, to: 100 })).toEqual([
      { from: 0, to: 0.05 },
      { from: 0.95, to: 1 },
    ]);
  });

  test('end below a round number', () => {
    expect([0, 0.012, 0.3, 1, 1.01, 24, 260].map(roundCeiling)).toEqual([1, 0.015, 0.3, 1, 1.5, 30, 300]);
  });
});
