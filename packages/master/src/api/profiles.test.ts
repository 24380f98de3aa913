import { ApiScene } from '@millrace/testkit/api-scene';
import type { Load, Profile, ProfileAsked, Stall, Stalls } from '@millrace/protocol/api/profiles';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { recordLoad } from '../store/operations/load.ts';
import type { RecordLoad } from '../store/operations/load.ts';
import { recordStall } from '../store/operations/stalls.ts';

let scene: ApiScene;
beforeEach(() => {
  scene = new ApiScene();
});
afterEach(() => scene[Symbol.asyncDispose]());

const profile: Profile = {
  master: 'm1',
  version: '1',
  at: 1,
  seconds: 5,
  busyShare: 0.25,
  blockedMs: 0,
  loopDelay: { p50: 1, p99: 2, max: 3 },
  gc: { count: 1, ms: 2 },
  store: { commits: 1, segmentSyncs: 0, bytes: 0, causes: [] },
  threads: [],
};

describe('POST /masters/{name}/profile', () => {
  test('answers a profile, of five seconds where nobody says for how long', async () => {
    const asked: Required<ProfileAsked>[] = [];
    scene.takeProfile = (one) => {
      asked.push(one);
      return Promise.resolve({ kind: 'taken', profile });
    };
    const answer = await scene.post('/masters/m1/profile', {});
    expect(answer).toMatchObject({ status: 200, body: profile });
    await scene.post('/masters/m1/profile', { seconds: 0.5, cpuProfile: true });
    expect(asked).toEqual([
      { seconds: 5, cpuProfile: false },
      { seconds: 0.5, cpuProfile: true },
    ]);
  });

  test('is refused while another is taken, where nobody watches, and at another master', async () => {
    const running = await scene.post('/masters/m1/profile', {});
    expect(running).toMatchObject({ status: 409, body: { code: 'profile-running' } });
    scene.takeProfile = () => Promise.resolve({ kind: 'failed', message: 'There is no watcher.' });
    const failed = await scene.post('/masters/m1/profile', {});
    expect(failed).toMatchObject({ status: 503, body: { code: 'profile-failed' } });
    expect(await scene.post('/masters/m7/profile', {})).toMatchObject({ status: 404 });
  });

  test.each([0, -1, 31, 'long'])('takes no %j seconds', async (seconds) => {
    expect(await scene.post('/masters/m1/profile', { seconds })).toMatchObject({ status: 400 });
  });
});

test('GET /masters/{name}/stalls lists stalls by cause, and the newest first; each is an event', async () => {
  const stall = (at: number, ms: number, room: string): Stall => ({
    at,
    ms,
    room,
    function: 'f',
    during: [{ room, share: 1 }],
    before: [],
    samples: 9,
  });
  for (const one of [stall(1, 300, 'logs'), stall(2, 900, 'api'), stall(3, 700, 'logs')])
    await scene.store.do(recordStall, { master: 'm1', stall: one });
  const answer = await scene.get('/masters/m1/stalls');
  const { causes, stalls }: Stalls = answer.body;
  expect(causes).toMatchObject([
    { room: 'logs', stalls: 2, totalMs: 1_000, longestMs: 700, lastAt: 3 },
    { room: 'api', stalls: 1 },
  ]);
  expect(stalls.map(({ at }) => at)).toEqual([3, 2, 1]);
  const json = { headers: { accept: 'application/json' } };
  const events: { items: { data: object }[] } = (await scene.get('/events?type=master.stalled', json)).body;
  expect(events.items.map(({ data }) => data)).toContainEqual(
    expect.objectContaining({ master: 'm1', room: 'api', ms: 900 }),
  );
});

describe('GET /masters/{name}/load', () => {
  const figures: Omit<RecordLoad, 'minute'> = {
    master: 'm1',
    busyShare: 0.5,
    rooms: { api: 1 },
    delayP50Ms: 1,
    delayP99Ms: 2,
    delayMaxMs: 3,
    stalls: 0,
    logBytes: 10,
    commits: 1,
    segmentSyncs: 1,
    gcMs: 1,
    residentBytes: 100,
    version: '1',
    generation: 'g1',
    started: false,
  };

  test('gives points of the resolution that is asked for', async () => {
    for (const minute of [120, 121, 180]) await scene.store.do(recordLoad, { ...figures, minute });
    const minutes: Load = (await scene.get('/masters/m1/load?from=0&to=43200000')).body;
    expect(minutes.points.map(({ at }) => at / 60_000)).toEqual([120, 121, 180]);
    const hours: Load = (await scene.get('/masters/m1/load?from=0&to=43200000&resolution=hour')).body;
    expect(hours.points).toMatchObject([
      { at: 7_200_000, minutes: 2, logBytes: 20 },
      { at: 10_800_000, minutes: 1 },
    ]);
  });

  test('a week is of hours, a year of days, and more points than can be looked at are refused', async () => {
    const dayMs = 86_400_000;
    const week: Load = (await scene.get(`/masters/m1/load?from=0&to=${7 * dayMs}`)).body;
    expect(week.resolution).toBe('hour');
    const year: Load = (await scene.get(`/masters/m1/load?from=0&to=${365 * dayMs}`)).body;
    expect(year.resolution).toBe('day');
    const all = await scene.get(`/masters/m1/load?from=0&to=${7 * dayMs}&resolution=minute`);
    expect(all).toMatchObject({ status: 400, body: { errors: [{ field: 'resolution' }] } });
    expect(await scene.get('/masters/m1/load?from=5&to=4')).toMatchObject({ status: 400 });
    expect(await scene.get('/masters/m9/load')).toMatchObject({ status: 404 });
  });
});
