import { changesAdd } from '@millrace/master/store/operations/changes';
import { revisionOf } from '@millrace/testkit/rows';
import { none, otherStore, unknownId } from './contract-scene.ts';
import type { ContractScene, RouteCall, RouteCases } from './contract-scene.ts';

/** One that has ended, one that is built, two that wait. */
async function requests(scene: ContractScene): Promise<RouteCall> {
  await (await scene.rows.build({ builder: 'linux', scheduler: 'on-main' })).finish('success');
  await scene.rows.build({ builder: 'linux' });
  await scene.clock.advance(1_000);
  await scene.rows.request({ builder: 'windows' });
  await scene.rows.request({ builder: 'gone' });
  return {};
}

const waiting = async (scene: ContractScene): Promise<RouteCall> => {
  await requests(scene);
  return { path: { id: 3 } };
};
const ended = async (scene: ContractScene): Promise<RouteCall> => {
  await requests(scene);
  return { path: { id: 1 } };
};

const unknown: RouteCall = { path: { id: none } };

const change = (digit: string) => ({
  repository: 'app',
  branch: 'main',
  revision: revisionOf(digit),
  author: 'Ada',
  message: 'Mend it',
  committedAt: 5,
  files: ['a.ts'],
});

async function changes(scene: ContractScene): Promise<RouteCall> {
  for (const digit of ['a', 'b', 'c']) await scene.store.do(changesAdd, change(digit));
  return {};
}

export const queueCases: RouteCases = {
  'GET /api/v1/requests': { 200: requests, 410: otherStore(requests, '/api/v1/requests') },
  'GET /api/v1/requests/{id}': { 200: waiting, 404: unknownId },
  'POST /api/v1/requests/{id}/cancel': { 202: waiting, 404: unknownId, 409: ended },
  'POST /api/v1/requests/{id}/priority': {
    200: async (scene) => ({ ...(await waiting(scene)), body: { priority: 7, message: 'A release' } }),
    404: () => ({ ...unknown, body: { priority: 7 } }),
    409: async (scene) => ({ ...(await ended(scene)), body: { priority: 7 } }),
  },
  'GET /api/v1/buildsets': { 200: requests, 410: otherStore(requests, '/api/v1/buildsets') },
  'GET /api/v1/buildsets/{id}': { 200: ended, 404: unknownId },
  'GET /api/v1/changes': { 200: changes, 410: otherStore(changes, '/api/v1/changes') },
  'GET /api/v1/changes/{id}': {
    200: async (scene) => ({ ...(await changes(scene)), path: { id: 1 } }),
    404: unknownId,
  },
  'POST /api/v1/changes': {
    200: async (scene) => {
      await changes(scene);
      return { body: change('a') };
    },
    201: () => ({ body: change('d') }),
    422: () => ({ body: { ...change('d'), repository: 'other' } }),
  },
};
