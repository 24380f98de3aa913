import Type from 'typebox';
import { listOf } from '@millrace/protocol/api/common';
import { Worker } from '@millrace/protocol/api/workers';
import { listWorkers } from '../store/operations/read-workers.ts';
import type { Api, ApiParts } from './api.ts';
import { answers } from './answers.ts';
import { pageOfAll, pageQuery } from './list-page.ts';
import { emptyBody, nameParams } from './route-params.ts';
import { unknownName } from './unknown-name.ts';

/** `/workers`: the machines that the config names, and how they are. */
export function workerRoutes(api: Api, { store, config }: Pick<ApiParts, 'store' | 'config'>): void {
  const all = async (): Promise<readonly Worker[]> => {
    const heardOf = new Map((await store.do(listWorkers, undefined)).map((worker) => [worker.name, worker]));
    return config.get().workers.map(({ name, trust }) => heardOf.get(name) ?? neverHeardOf(name, trust));
  };

  api.get(
    '/workers',
    {
      config: { access: 'read' },
      schema: {
        tags: ['workers'],
        summary: "Workers, in the config's order",
        description: 'Also those that have never connected.',
        querystring: Type.Object(pageQuery, { additionalProperties: false }),
        response: answers({ 200: listOf(Worker) }, 410),
      },
    },
    async ({ query }) => pageOfAll(store.epoch, 'workers', query, await all()),
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
    async ({ params }) => {
      const workers = await all();
      const found = workers.find(({ name }) => name === params.name);
      if (found) return found;
      throw unknownName(
        404,
        'worker',
        params.name,
        workers.map(({ name }) => name),
      );
    },
  );
}

function neverHeardOf(name: string, trust: string): Worker {
  return {
    name,
    connected: false,
    master: null,
    silent: false,
    accepts: false,
    message: 'It has never connected.',
    hold: null,
    slots: 0,
    builds: [],
    heardAt: null,
    trust,
    clockOffsetMs: null,
    facts: null,
  };
}
