import Type from 'typebox';
import { listOf } from '@millrace/protocol/api/common';
import type { Hold } from '@millrace/protocol/api/holds';
import { Worker } from '@millrace/protocol/api/workers';
import { listWorkers } from '../store/operations/read-workers.ts';
import type { Api, ApiParts } from './api.ts';
import { answers } from './answers.ts';
import { sorted, sortQuery } from './list-order.ts';
import { pageOfAll, pageQuery } from './list-page.ts';
import { emptyBody, nameParams } from './route-params.ts';
import { unknownName } from './unknown-name.ts';

const workersQuery = Type.Object(
  {
    builder: Type.Optional(Type.String({ description: 'That may run this builder, by the config' })),
    connected: Type.Optional(Type.Boolean({ description: 'Whether it is connected' })),
    accepts: Type.Optional(Type.Boolean({ description: 'Whether it takes new builds' })),
    held: Type.Optional(Type.Boolean({ description: 'Whether somebody has paused or drained it' })),
    ...pageQuery,
    sort: sortQuery(['name', 'slots', 'heardAt'], "in the config's order"),
  },
  { additionalProperties: false },
);

type WorkerParts = Pick<ApiParts, 'store' | 'config'>;

/** `/workers`: the machines that the config names, and how they are. */
export function workerRoutes(api: Api, parts: WorkerParts): void {
  const { store, config } = parts;

  api.get(
    '/workers',
    {
      config: { access: 'read' },
      schema: {
        tags: ['workers'],
        summary: "Workers, in the config's order",
        description: 'Also those that have never connected.',
        querystring: workersQuery,
        response: answers({ 200: listOf(Worker) }, 410),
      },
    },
    async ({ query }) => {
      const eligible = config.get().builders.find(({ name }) => name === query.builder)?.workers ?? [];
      const wanted = (worker: Worker): boolean =>
        (query.builder === undefined || eligible.includes(worker.name)) &&
        (query.connected === undefined || query.connected === worker.connected) &&
        (query.accepts === undefined || query.accepts === worker.accepts) &&
        (query.held === undefined || query.held === (worker.hold !== null));
      const workers = (await allWorkers(parts)).filter(wanted);
      return pageOfAll(store.epoch, 'workers', query, sorted(workers, query.sort));
    },
  );

  api.get(
    '/workers/:name',
    {
      config: { access: 'read' },
      schema: {
        tags: ['workers'],
        summary: 'One worker',
        description: 'How it is, and what runs there.',
        params: nameParams,
        querystring: emptyBody,
        response: answers({ 200: Worker }, 404),
      },
    },
    async ({ params }) => workerNamed(parts, params.name),
  );
}

/** @throws ApiProblem `unknown-worker` 404, with the known ones. */
export async function workerNamed(parts: WorkerParts, name: string): Promise<Worker> {
  const found = (await allWorkers(parts)).find((worker) => worker.name === name);
  if (found) return found;
  const known = parts.config.get().workers.map((worker) => worker.name);
  throw unknownName(404, 'worker', name, known);
}

async function allWorkers({ store, config }: WorkerParts): Promise<readonly Worker[]> {
  const heardOf = new Map((await store.do(listWorkers, undefined)).map((worker) => [worker.name, worker]));
  return config.get().workers.map(({ name, trust }) => {
    const worker = heardOf.get(name);
    return worker?.heardAt == null ? neverHeardOf(name, trust, worker?.hold ?? null) : worker;
  });
}

function neverHeardOf(name: string, trust: string, hold: Hold | null): Worker {
  return {
    name,
    connected: false,
    master: null,
    silent: false,
    accepts: false,
    message: 'It has never connected.',
    hold,
    slots: 0,
    builds: [],
    heardAt: null,
    trust,
    clockOffsetMs: null,
    facts: null,
  };
}
