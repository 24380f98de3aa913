import { startMasterRow } from '@millrace/master/store/operations/masters';
import { otherStore, unknownName } from './contract-scene.ts';
import type { ContractScene, RouteCall, RouteCases } from './contract-scene.ts';

/** One worker that builds, and one that never came. */
async function workers(scene: ContractScene): Promise<RouteCall> {
  await scene.rows.build({ builder: 'linux', worker: 'w1' });
  return {};
}

function schedulers(scene: ContractScene): RouteCall {
  const [first] = scene.config.schedulers;
  if (first) scene.config = { ...scene.config, schedulers: [first, { ...first, name: 'on-other' }] };
  return {};
}

async function masters(scene: ContractScene): Promise<RouteCall> {
  for (const master of ['m1', 'm2'])
    await scene.store.do(startMasterRow, { master, incarnation: 'i', beatMs: 1_000 });
  return {};
}

const because = { reason: 'A new disk' };
const unknown: RouteCall = { path: { name: 'no-such-name' } };

export const fleetCases: RouteCases = {
  'GET /api/v1/workers': { 200: workers, 410: otherStore(workers, '/api/v1/workers') },
  'GET /api/v1/workers/{name}': {
    200: async (scene) => ({ ...(await workers(scene)), path: { name: 'w1' } }),
    404: unknownName,
  },
  'POST /api/v1/workers/{name}/pause': {
    200: async (scene) => ({ ...(await workers(scene)), path: { name: 'w2' }, body: because }),
    404: () => ({ ...unknown, body: because }),
  },
  'POST /api/v1/workers/{name}/drain': {
    200: async (scene) => ({ ...(await workers(scene)), path: { name: 'w1' }, body: because }),
    404: () => ({ ...unknown, body: because }),
  },
  'POST /api/v1/workers/{name}/resume': {
    200: async (scene) => {
      await workers(scene);
      await scene.post('/workers/w1/pause', because);
      return { path: { name: 'w1' } };
    },
    404: unknownName,
  },
  'GET /api/v1/schedulers': { 200: schedulers, 410: otherStore(schedulers, '/api/v1/schedulers') },
  'GET /api/v1/schedulers/{name}': {
    200: (scene) => ({ ...schedulers(scene), path: { name: 'on-main' } }),
    404: unknownName,
  },
  'POST /api/v1/schedulers/{name}/pause': {
    200: () => ({ path: { name: 'on-main' }, body: because }),
    404: () => ({ ...unknown, body: because }),
  },
  'POST /api/v1/schedulers/{name}/resume': {
    200: async (scene) => {
      await scene.post('/schedulers/on-main/pause', because);
      return { path: { name: 'on-main' }, body: { skip: true } };
    },
    404: unknownName,
  },
  'GET /api/v1/masters': { 200: masters, 410: otherStore(masters, '/api/v1/masters') },
  'GET /api/v1/masters/{name}': {
    200: async (scene) => ({ ...(await masters(scene)), path: { name: 'm1' } }),
    404: unknownName,
  },
};
