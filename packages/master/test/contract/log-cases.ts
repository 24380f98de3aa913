import { none } from './contract-scene.ts';
import type { ContractScene, RouteCall, RouteCases } from './contract-scene.ts';

async function log(scene: ContractScene): Promise<RouteCall> {
  const build = await scene.rows.build({ builder: 'linux' });
  await build.startStep(0);
  const opened = await build.openLog(0);
  await opened.print('one\ntwo\n');
  await opened.gap(3, 30);
  await opened.print(Buffer.from([0xff, 0x0a]));
  return { path: { id: opened.id } };
}

const unknownLog = (): RouteCall => ({ path: { id: none } });

export const logCases: RouteCases = {
  'GET /api/v1/logs/{id}': { 200: log, 404: unknownLog },
  'GET /api/v1/logs/{id}/lines': {
    200: log,
    404: unknownLog,
    410: async (scene) => {
      const cursor = Buffer.from(JSON.stringify(['another', 'lines of 1', 0, 0])).toString('base64url');
      return { ...(await log(scene)), query: `cursor=${cursor}` };
    },
  },
  'GET /api/v1/logs/{id}/search': {
    200: async (scene) => ({ ...(await log(scene)), query: 'text=O' }),
    404: () => ({ ...unknownLog(), query: 'text=x' }),
    410: async (scene) => {
      const cursor = Buffer.from(JSON.stringify(['another', 'search of 1', 0, 0])).toString('base64url');
      return { ...(await log(scene)), query: `text=o&cursor=${cursor}` };
    },
  },
  'GET /api/v1/logs/{id}/raw': {
    200: log,
    206: async (scene) => ({ ...(await log(scene)), headers: { range: 'bytes=0-2' } }),
    404: unknownLog,
    416: async (scene) => ({ ...(await log(scene)), headers: { range: 'bytes=9000-' } }),
  },
  'GET /api/v1/logs/{id}/follow': {
    200: async (scene) => ({ ...(await log(scene)), streams: true }),
    404: unknownLog,
  },
};
