import Type from 'typebox';
import { listOf } from '@millrace/protocol/api/common';
import { Master } from '@millrace/protocol/api/masters';
import { listMasters } from '../store/operations/read-workers.ts';
import type { Api, ApiParts } from './api.ts';
import { answers } from './answers.ts';
import { sorted, sortQuery } from './list-order.ts';
import { pageOfAll, pageQuery } from './list-page.ts';
import { emptyBody, nameParams } from './route-params.ts';
import { unknownName } from './unknown-name.ts';

const mastersQuery = Type.Object(
  {
    running: Type.Optional(Type.Boolean({ description: 'Whether it has not been stopped in order' })),
    ...pageQuery,
    sort: sortQuery(['name', 'startedAt', 'seenAt'], 'newest first'),
  },
  { additionalProperties: false },
);

/** `/masters`: the processes that share this store. */
export function masterRoutes(api: Api, { store }: Pick<ApiParts, 'store'>): void {
  api.get(
    '/masters',
    {
      config: { access: 'read' },
      schema: {
        tags: ['masters'],
        summary: 'Masters, newest first',
        description: 'Those that run and those that ran.',
        querystring: mastersQuery,
        response: answers({ 200: listOf(Master) }, 410),
      },
    },
    async ({ query }) => {
      const wanted = ({ stoppedAt }: Master): boolean =>
        query.running === undefined || query.running === (stoppedAt === null);
      const masters = (await store.do(listMasters, undefined)).filter(wanted);
      return pageOfAll(store.epoch, 'masters', query, sorted(masters, query.sort));
    },
  );

  api.get(
    '/masters/:name',
    {
      config: { access: 'read' },
      schema: {
        tags: ['masters'],
        summary: 'One master',
        description: 'The workers that talk to it name it as their `master`.',
        params: nameParams,
        querystring: emptyBody,
        response: answers({ 200: Master }, 404),
      },
    },
    async ({ params }) => {
      const masters = await store.do(listMasters, undefined);
      const found = masters.find(({ name }) => name === params.name);
      if (found) return found;
      throw unknownName(
        404,
        'master',
        params.name,
        masters.map(({ name }) => name),
      );
    },
  );
}
