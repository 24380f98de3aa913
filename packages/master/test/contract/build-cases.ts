import { revisionOf } from '@millrace/testkit/rows';
import { otherStore, unknownId, unknownName } from './contract-scene.ts';
import type { ContractScene, RouteCall, RouteCases } from './contract-scene.ts';

const source = { repository: 'app', branch: 'main', revision: revisionOf('b') };

/** A build that has ended, with steps and a log, and one that runs. */
async function twoBuilds(scene: ContractScene): Promise<RouteCall> {
  const build = await scene.rows.build({ builder: 'linux', source, properties: { colour: 'blue', jobs: 2 } });
  await build.startStep(0);
  const log = await build.openLog(0);
  await log.print('hello\n');
  await log.close();
  await build.finishStep(0, 'failure', { exitCode: 2 });
  await build.finish('failure');
  await scene.clock.advance(1_000);
  const other = await scene.rows.build({ builder: 'windows', slot: 1 });
  await scene.clock.advance(1_000);
  await other.finish('success');
  await scene.rows.build({ builder: 'windows', slot: 1 });
  return {};
}

const endedBuild = async (scene: ContractScene): Promise<RouteCall> => {
  await twoBuilds(scene);
  return { path: { id: 1 } };
};

export const buildCases: RouteCases = {
  'GET /api/v1/builds': { 200: twoBuilds, 410: otherStore(twoBuilds, '/api/v1/builds') },
  'GET /api/v1/builds/{id}': { 200: endedBuild, 404: unknownId },
  'GET /api/v1/builds/{id}/errors': { 200: endedBuild, 404: unknownId },
  'GET /api/v1/builds/{id}/plan': { 200: endedBuild, 404: unknownId },
  'GET /api/v1/builds/{id}/steps': { 200: endedBuild, 404: unknownId },
  'POST /api/v1/builds/{id}/cancel': {
    202: async (scene) => {
      await scene.rows.build({ builder: 'linux' });
      return { path: { id: 1 }, body: { message: 'Not wanted' } };
    },
    404: unknownId,
    409: endedBuild,
  },
  'POST /api/v1/builds/{id}/retry': {
    201: endedBuild,
    404: unknownId,
    422: async (scene) => {
      await (await scene.rows.build({ builder: 'gone' })).finish('success');
      return { path: { id: 1 } };
    },
  },
  'GET /api/v1/builders': {
    200: twoBuilds,
    410: otherStore(twoBuilds, '/api/v1/builders'),
  },
  'GET /api/v1/builders/{name}': {
    200: async (scene) => ({ ...(await twoBuilds(scene)), path: { name: 'linux' } }),
    404: unknownName,
  },
  'POST /api/v1/builders/{name}/force': {
    201: () => ({ path: { name: 'linux' }, body: { branch: 'main', properties: { a: 1 } } }),
    404: unknownName,
    422: (scene) => {
      scene.resolutions.push({ kind: 'not-found', message: 'There is no branch "x".' });
      return { path: { name: 'linux' }, body: { branch: 'x' } };
    },
    503: (scene) => {
      scene.resolutions.push({ kind: 'unreachable', message: 'It does not answer.' });
      return { path: { name: 'linux' } };
    },
  },
};
