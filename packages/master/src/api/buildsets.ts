import { Buildset } from '@millrace/protocol/api/buildsets';
import { readBuildset } from '../store/operations/read-requests.ts';
import type { Api, ApiParts } from './api.ts';
import { answers } from './answers.ts';
import { unknownNumber } from './api-problem.ts';
import { emptyBody, idParams } from './route-params.ts';
import { explained } from './waiting.ts';

/** `/buildsets`: decisions to build. */
export function buildsetRoutes(api: Api, parts: Pick<ApiParts, 'store' | 'config'>): void {
  api.get(
    '/buildsets/:id',
    {
      config: { access: 'read' },
      schema: {
        tags: ['buildsets'],
        summary: 'One buildset',
        description: 'With a request for each of its builders.',
        params: idParams,
        querystring: emptyBody,
        response: answers({ 200: Buildset }, 404),
      },
    },
    async ({ params }) => {
      const found = await parts.store.do(readBuildset, { buildset: params.id });
      if (!found) throw unknownNumber('buildset', params.id);
      return { ...found, requests: await explained(parts, found.requests) };
    },
  );
}
