import type { RouteCases } from './contract-scene.ts';

const anotherStore = Buffer.from(JSON.stringify(['another', 0, 0])).toString('base64url');

export const operationCases: RouteCases = {
  'GET /api/v1/events': {
    200: async (scene) => {
      await scene.rows.build({ builder: 'linux' });
      return { query: 'after=start', headers: { accept: 'application/json' } };
    },
    410: () => ({ query: `after=${anotherStore}`, headers: { accept: 'application/json' } }),
  },
  'GET /api/v1/openapi.json': { 200: () => ({}) },
  'GET /api/v1/retention': { 200: () => ({}) },
  'GET /healthz': { 200: () => ({}) },
  'GET /readyz': {
    200: () => ({}),
    503: (scene) => {
      scene.state.readiness = { ready: false, message: 'It is about to stop.' };
      return {};
    },
  },
  'GET /metrics': { 200: () => ({}) },
};
