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

export const fleetCases: RouteCases = {
  'GET /api/v1/workers': { 200: workers, 410: otherStore(workers, '/api/v1/workers') },
  'GET /api/v1/workers/{name}': {
    200: async (scene) => ({ ...(await workers(scene)), path: { name: 'w1' } }),
    404: unknownName,
  },
  'GET /api/v1/schedulers': { 200: schedulers, 410: otherStore(schedulers, '/api/v1/schedulers') },
  'GET /api/v1/masters': { 200: masters, 410: otherStore(masters, '/api/v1/masters') },
};
