import { createHmac } from 'node:crypto';
import fs from 'node:fs';
import { repositoryConfigOf } from '@millrace/testkit/repository-config';
import { missingSecret, otherStore, unknownName } from './contract-scene.ts';
import type { ContractScene, RouteCall, RouteCases } from './contract-scene.ts';

const push = fs.readFileSync(
  new URL('../../src/api/hooks/fixtures/github-push.json', import.meta.url),
  'utf8',
);

function repositories(scene: ContractScene): RouteCall {
  const told = repositoryConfigOf({ name: 'told', branches: [] });
  scene.config = { ...scene.config, repositories: [...scene.config.repositories, told] };
  return { path: { name: 'app' } };
}

/** A delivery of GitHub's, signed. */
function delivery(scene: ContractScene, body: string, secret = 'github'): RouteCall {
  const url = 'git@github.com:codertocat/hello-world';
  scene.config = {
    ...scene.config,
    repositories: [repositoryConfigOf({ name: 'hello', url, branches: [] })],
    hooks: [{ name: 'github', kind: 'github', secret: { env: secret }, repository: null }],
  };
  const signature = createHmac('sha256', `secret of ${secret}`).update(body).digest('hex');
  return {
    path: { name: 'github' },
    body,
    headers: {
      'x-github-event': 'push',
      'x-github-delivery': '72d3162e-cc78-11e3-81ab-4c9367dc0958',
      'x-hub-signature-256': `sha256=${signature}`,
    },
  };
}

export const sourceCases: RouteCases = {
  'GET /api/v1/repositories': {
    200: repositories,
    410: otherStore(repositories, '/api/v1/repositories'),
  },
  'GET /api/v1/repositories/{name}': { 200: repositories, 404: unknownName },
  'POST /api/v1/repositories/{name}/poll': {
    202: repositories,
    404: unknownName,
    422: (scene) => ({ ...repositories(scene), path: { name: 'told' } }),
  },
  'POST /api/v1/hooks/{name}': {
    200: (scene) => delivery(scene, push),
    409: async (scene) => {
      const { headers } = delivery(scene, push);
      await scene.post('/hooks/github', push, { headers: headers ?? {} });
      // The same delivery, by its name, tells of something else.
      return delivery(scene, push.replace('refs/heads/main', 'refs/heads/other'));
    },
    422: (scene) => delivery(scene, '{}'),
    503: (scene) => delivery(scene, push, missingSecret),
  },
};
