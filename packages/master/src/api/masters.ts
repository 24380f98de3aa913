import Type from 'typebox';
import { listOf } from '@millrace/protocol/api/common';
import { Master } from '@millrace/protocol/api/masters';
import { listMasters } from '../store/operations/read-workers.ts';
import type { Api, ApiParts } from './api.ts';
import { answers } from './answers.ts';
import { pageOfAll, pageQuery } from './list-page.ts';

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
        querystring: Type.Object(pageQuery, { additionalProperties: false }),
        response: answers({ 200: listOf(Master) }, 410),
      },
    },
    async ({ query }) => pageOfAll(store.epoch, 'masters', query, await store.do(listMasters, undefined)),
  );
}
