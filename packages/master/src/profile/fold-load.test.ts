import { expect, test } from 'vitest';
import type { LoadMinute } from '../store/operations/load.ts';
import { LoadFold } from './fold-load.ts';

const minute = (at: number, other: Partial<LoadMinute> = {}): LoadMinute => ({
  minute: at,
  busyShare: 0.1,
  rooms: { api: 1 },
  delayP50Ms: 1,
  delayP99Ms: 5,
  delayMaxMs: 9,
  stalls: 0,
  builds: 2,
  logBytes: 100,
  commits: 10,
  segmentSyncs: 1,
  gcMs: 3,
  residentBytes: 1_000,
  version: '1',
  generation: 'g1',
  started: false,
  ...other,
});

function fold(resolution: 'minute' | 'hour', minutes: readonly LoadMinute[]) {
  const folded = new LoadFold(resolution);
  for (const one of minutes) folded.add(one);
  return folded.end();
}

test('an hour has the sums of its minutes, the worst of its delays, and rooms by how busy they were', () => {
  const { points } = fold('hour', [
    minute(60),
    minute(61, { busyShare: 0.3, rooms: { logs: 0.5, api: 0.5 }, delayMaxMs: 50, stalls: 1 }),
    minute(120, { busyShare: 0, rooms: {} }),
  ]);
  expect(points).toMatchObject([
    {
      at: 3_600_000,
      minutes: 2,
      busyShare: 0.2,
      rooms: [
        { room: 'api', share: 0.625 },
        { room: 'logs', share: 0.375 },
      ],
      loopDelay: { p50: 1, p99: 5, max: 50 },
      stalls: 1,
      builds: 4,
      logBytes: 200,
      commits: 20,
    },
    { at: 7_200_000, minutes: 1, busyShare: 0, rooms: [] },
  ]);
});

test('starts, versions and reloads are marked', () => {
  const { marks } = fold('minute', [
    minute(1, { started: true }),
    minute(2, { generation: 'g2' }),
    minute(3, { generation: 'g2' }),
    minute(9, { generation: 'g2', started: true, version: '2' }),
  ]);
  expect(marks.map(({ at, kind }) => [at / 60_000, kind])).toEqual([
    [1, 'started'],
    [2, 'reloaded'],
    [9, 'version'],
  ]);
});
