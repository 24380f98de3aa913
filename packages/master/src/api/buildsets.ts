import Type from 'typebox';
import { Buildset, buildsetStates } from '@millrace/protocol/api/buildsets';
import { listOf } from '@millrace/protocol/api/common';
import { buildsetOrders, listBuildsets, readBuildset } from '../store/operations/read-buildsets.ts';
import type { StoredBuildset } from '../store/operations/read-buildsets.ts';
import type { Api, ApiParts } from './api.ts';
import { answers } from './answers.ts';
import { unknownNumber } from './api-problem.ts';
import { sortQuery } from './list-order.ts';
import { pageInOrder, pageQuery } from './list-page.ts';
import { shownBuildset } from './public-view.ts';
import { emptyBody, idParams } from './route-params.ts';
import { everybody } from './viewer.ts';
import { explained } from './waiting.ts';

const buildsetsQuery = Type.Object(
  {
    scheduler: Type.Optional(Type.String({ description: 'Decided by this scheduler' })),
    repository: Type.Optional(Type.String({ description: 'Of this repository' })),
    branch: Type.Optional(Type.String({ description: 'Of this branch' })),
    revision: Type.Optional(Type.String({ description: 'Of this absolute revision' })),
    state: Type.Optional(
      Type.Enum([...buildsetStates], { type: 'string', description: '`finished` once every request is' }),
    ),
    ...pageQuery,
    sort: sortQuery(buildsetOrders, 'newest first'),
  },
  { additionalProperties: false },
);

/** `/buildsets`: decisions to build. */
export function buildsetRoutes(api: Api, parts: Pick<ApiParts, 'store' | 'config'>): void {
  const { store } = parts;
  const whole = async (found: readonly StoredBuildset[], viewer = everybody): Promise<Buildset[]> => {
    const requests = await explained(
      parts,
      found.flatMap((one) => one.requests),
      viewer,
    );
    return found.map((one) => ({ ...one, requests: requests.filter(({ buildset }) => buildset === one.id) }));
  };

  api.get(
    '/buildsets',
    {
      config: { access: 'read' },
      schema: {
        tags: ['buildsets'],
        summary: 'Buildsets, newest first',
        description: 'Each with a request for each of its builders.',
        querystring: buildsetsQuery,
        response: answers({ 200: listOf(Buildset) }, 410),
      },
    },
    async ({ query }) => {
      const { scheduler, repository, branch, revision, state } = query;
      const filter = { scheduler, repository, branch, revision, state };
      const page = await pageInOrder(store.epoch, 'buildsets', query, (order, limit) =>
        store.do(listBuildsets, { filter, order, limit }),
      );
      return { ...page, items: await whole(page.items) };
    },
  );

  api.get(
    '/buildsets/:id',
    {
      config: { access: 'public' },
      schema: {
        tags: ['buildsets'],
        summary: 'One buildset',
        description: 'With a request for each of its builders.',
        params: idParams,
        querystring: emptyBody,
        response: answers({ 200: Buildset }, 404),
      },
    },
    async ({ params, viewer }) => {
      const found = await store.do(readBuildset, { buildset: params.id });
      const shown = found && shownBuildset(viewer, found);
      if (!shown) throw unknownNumber('buildset', params.id);
      return (await whole([shown], viewer))[0];
    },
  );
}
