import { MillraceError } from '@millrace/kernel/errors';
import { enterGeneration } from '@millrace/master/store/operations/generations';
import { configOf } from '@millrace/testkit/configs';
import { otherStore, unknownName } from './contract-scene.ts';
import type { ContractScene, RouteCall, RouteCases } from './contract-scene.ts';

const diff = { settings: [], nouns: [], consequences: [], leftOff: 0 };
const here: RouteCall = { path: { name: 'm1' } };

async function generations(scene: ContractScene): Promise<RouteCall> {
  for (const generation of ['g1', 'g2'])
    await scene.store.do(enterGeneration, {
      master: 'm1',
      how: 'reload',
      by: 'ann',
      before: null,
      generation,
      counts: { added: 0, changed: 1, removed: 0 },
      diff: { ...diff, settings: [{ path: 'lostAfterMs', before: '1', after: '2' }] },
      config: JSON.stringify(configOf(generation, ['w1'])),
      schedulers: [],
      workers: ['w1'],
      departed: [],
      repositoriesGone: [],
      graceAnew: false,
      patient: false,
    });
  return here;
}

export const configCases: RouteCases = {
  'GET /api/v1/masters/{name}/generations': {
    200: generations,
    404: unknownName,
    410: otherStore(generations, '/api/v1/masters/m1/generations'),
  },
  'POST /api/v1/masters/{name}/reload': {
    200: (scene) => {
      scene.reload = () =>
        Promise.resolve({ kind: 'reloaded', file: 'c.ts', before: 'g1', after: 'g2', diff });
      return { ...here, body: { dryRun: false } };
    },
    404: unknownName,
    409: (scene) => {
      const problems = [{ path: 'builders[0].name', message: 'is missing' }];
      scene.reload = () =>
        Promise.resolve({ kind: 'refused', code: 'config-invalid', file: 'c.ts', problems });
      return here;
    },
    503: (scene) => {
      scene.reload = () => Promise.reject(new MillraceError('reload-busy', 'Others wait already.'));
      return here;
    },
  },
};
