import { describe, expect, test } from 'vitest';
import type { CpuProfile } from './cpu-profile.ts';
import { FrameFinder } from './frame-finder.ts';
import { blame, summarise } from './summary.ts';

const frame = (functionName: string, url = '', lineNumber = -1, columnNumber = -1) => ({
  functionName,
  url,
  lineNumber,
  columnNumber,
});
const source = (file: string): string => `file:///ci/packages/master/src/${file}`;

/** 10 ms a sample: 4 idle, 3 in the API (one of them in Node for it), 2 in the store for the API, 1 of garbage. */
const profile: CpuProfile = {
  nodes: [
    { id: 1, callFrame: frame('(root)'), children: [2, 3, 6] },
    { id: 2, callFrame: frame('(idle)') },
    { id: 3, callFrame: frame('list', source('api/builds.ts'), 9), children: [4, 5] },
    { id: 4, callFrame: frame('stringify', 'node:json', 0) },
    { id: 5, callFrame: frame('do', source('store/measured-store.ts'), 41) },
    { id: 6, callFrame: frame('(garbage collector)') },
  ],
  startTime: 1_000_000,
  endTime: 1_100_000,
  samples: [2, 2, 3, 3, 4, 5, 5, 6, 2, 2],
  timeDeltas: [0, 10_000, 10_000, 10_000, 10_000, 10_000, 10_000, 10_000, 10_000, 10_000],
};
const frames = new FrameFinder(() => undefined).find(profile);

describe('a summary', () => {
  const summary = summarise('main', profile, frames);

  test('tells idle from busy, and garbage within what is busy', () => {
    expect(summary).toMatchObject({ thread: 'main', busyMs: 60, idleMs: 40, gcMs: 10 });
  });

  test('gives each room what was done for it, and all that went on below it', () => {
    expect(summary.rooms).toEqual([
      { room: 'api', selfMs: 30, totalMs: 50 },
      { room: 'store', selfMs: 20, totalMs: 20 },
      { room: 'gc', selfMs: 10, totalMs: 10 },
      { room: 'node', selfMs: 0, totalMs: 10 },
    ]);
    expect(summary.rooms.reduce((sum, { selfMs }) => sum + selfMs, 0)).toBe(summary.busyMs);
  });

  test('gives each function its own time and that of those it called', () => {
    expect(summary.functions).toContainEqual({
      function: 'list',
      file: 'master/src/api/builds.ts',
      line: 10,
      room: 'api',
      selfMs: 20,
      totalMs: 50,
    });
  });

  test('has a flame whose callers come first, and nothing of being idle', () => {
    expect(summary.flame.map(({ id, parent, totalMs }) => [id, parent, totalMs])).toEqual([
      [1, null, 60],
      [3, 1, 50],
      [6, 1, 10],
      [5, 3, 20],
      [4, 3, 10],
    ]);
  });
});

describe('blame', () => {
  test('is of a window alone', () => {
    expect(blame(profile, frames, { from: 1_050_000, to: 1_075_000 })).toEqual({
      shares: [
        { room: 'store', share: 0.8 },
        { room: 'gc', share: 0.2 },
      ],
      room: 'store',
      function: 'do master/src/store/measured-store.ts',
      samples: 3,
    });
  });

  test('goes to the function of the house that called Node', () => {
    expect(blame(profile, frames, { from: 1_040_000, to: 1_050_000 })).toMatchObject({
      room: 'api',
      function: 'list master/src/api/builds.ts',
    });
  });

  test('is unknown without samples', () => {
    expect(blame(profile, frames, { from: 0, to: 10 })).toMatchObject({ room: 'unknown', samples: 0 });
  });
});

test('functions of a bundle are found through its map, which is read once for those that are known', () => {
  const bundled: CpuProfile = {
    ...profile,
    nodes: [{ id: 1, callFrame: frame('list', 'file:///opt/dist/main.js', 0, 4) }],
  };
  const read: string[] = [];
  const finder = new FrameFinder((url) => {
    read.push(url);
    return { sources: ['../../master/src/logs/follow.ts'], mappings: 'AAAA' };
  });
  const found = { function: 'list', file: 'master/src/logs/follow.ts', line: 1, room: 'logs' };
  expect(finder.find(bundled).get(1)).toEqual(found);
  expect(finder.find(bundled).get(1)).toEqual(found);
  expect(read).toEqual(['file:///opt/dist/main.js']);
});
