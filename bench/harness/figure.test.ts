import { expect, test } from 'vitest';
import { figureOf, median, percentile, slope } from './figure.ts';
import type { Row } from './figure.ts';
import { short, table } from './table.ts';

const faster: Row = { name: 'fast', title: 'How fast', unit: 'builds/s', target: { atLeast: 100 } };
const slower: Row = { name: 'slow', title: 'How slow', unit: 'ms', target: { atMost: 10 } };

test('the median is the one in the middle, or the mean of the two there', () => {
  expect(median([30, 10, 20])).toBe(20);
  expect(median([4, 1, 2, 3])).toBe(2.5);
  expect(median([7])).toBe(7);
});

test('a percentile lies as far between two values as it says', () => {
  const values = Array.from({ length: 101 }, (_, index) => index);
  expect(percentile(values, 99)).toBe(99);
  expect(percentile([0, 10], 25)).toBe(2.5);
  expect(percentile([], 50)).toBeNaN();
});

test('a slope is that of the line through the points; there is none of one point', () => {
  expect(
    slope([
      [0, 1],
      [1, 3],
      [2, 5],
    ]),
  ).toBe(2);
  expect(slope([[1, 1]])).toBe(0);
});

test('a figure is met where it reaches its target, and its ratio is how many times as good it is as the peer', () => {
  expect(figureOf(faster, [90, 120, 110], [11])).toEqual({
    name: 'fast',
    value: 110,
    unit: 'builds/s',
    target: 100,
    met: true,
    peer: 11,
    ratio: 10,
    runs: 3,
    min: 90,
    max: 120,
  });
  expect(figureOf(slower, [20], [200])).toMatchObject({ met: false, target: 10, ratio: 10 });
});

test('what has no target is not met and not missed, and says by itself what is better', () => {
  const told: Row = { name: 'told', title: 'Told', unit: 'MiB', target: null, better: 'less' };
  expect(figureOf(told, [50], [100])).toMatchObject({ target: null, met: null, ratio: 2 });
});

test('a row that could not be measured has no value, and meets nothing', () => {
  expect(figureOf(faster, [], [3])).toMatchObject({
    value: null,
    met: null,
    ratio: null,
    runs: 0,
    min: null,
  });
});

test('a table says the median, the spread, the target and the peer', () => {
  const figures = [figureOf(faster, [90, 120, 110], [11]), figureOf(slower, [])];
  expect(table({ title: 'Things' }, [faster, slower], figures)).toBe(`Things
  How fast  110 builds/s  90 to 120, 3 runs  meets 100  Buildbot 11: 10 times
  How slow  - ms          - to -, 0 runs
`);
});

test('three digits of a number matter', () => {
  expect([0.012_345, 1_234, 99.96, Number.NaN, null].map(short)).toEqual(['0.0123', '1230', '100', '-', '-']);
});
