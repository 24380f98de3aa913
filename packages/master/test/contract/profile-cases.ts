import { recordLoad } from '@millrace/master/store/operations/load';
import { recordStall } from '@millrace/master/store/operations/stalls';
import type { Profile, Stall } from '@millrace/protocol/api/profiles';
import { unknownName } from './contract-scene.ts';
import type { RouteCall, RouteCases } from './contract-scene.ts';

const here: RouteCall = { path: { name: 'm1' } };

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

const stall: Stall = {
  at: 1,
  ms: 300,
  room: 'logs',
  function: 'readLines',
  during: [{ room: 'logs', share: 1 }],
  before: [{ room: 'idle', share: 1 }],
  samples: 9,
};

export const profileCases: RouteCases = {
  'POST /api/v1/masters/{name}/profile': {
    200: (scene) => {
      scene.takeProfile = () => Promise.resolve({ kind: 'taken', profile });
      return { ...here, body: { seconds: 1 } };
    },
    404: unknownName,
    409: (scene) => {
      scene.takeProfile = () => Promise.resolve({ kind: 'running' });
      return { ...here, body: {} };
    },
    503: (scene) => {
      scene.takeProfile = () => Promise.resolve({ kind: 'failed', message: 'There is no watcher.' });
      return { ...here, body: {} };
    },
  },
  'GET /api/v1/masters/{name}/stalls': {
    200: async (scene) => {
      await scene.store.do(recordStall, { master: 'm1', stall });
      return here;
    },
    404: unknownName,
  },
  'GET /api/v1/masters/{name}/load': {
    200: async (scene) => {
      const figures = { busyShare: 0.5, rooms: { api: 1 }, delayP50Ms: 1, delayP99Ms: 2, delayMaxMs: 3 };
      const written = { stalls: 0, logBytes: 10, commits: 1, segmentSyncs: 1, gcMs: 1, residentBytes: 100 };
      const marks = { version: '1', generation: 'g1', started: true };
      await scene.store.do(recordLoad, { master: 'm1', minute: 120, ...figures, ...written, ...marks });
      return { ...here, query: 'from=0&to=43200000' };
    },
    404: unknownName,
  },
};
