import Type from 'typebox';
import { Change, NewChange } from '@millrace/protocol/api/changes';
import { listOf } from '@millrace/protocol/api/common';
import { assert } from '@millrace/kernel/assert';
import { addChangeOnce } from '../store/operations/add-change-once.ts';
import { changeOrders, listChanges, readChange, readChangeById } from '../store/operations/read-changes.ts';
import type { Api, ApiParts } from './api.ts';
import { answers } from './answers.ts';
import { ApiProblem, unknownNumber } from './api-problem.ts';
import { idempotencyOf, keyUsedBefore } from './idempotency-key.ts';
import { sortQuery } from './list-order.ts';
import { pageInOrder, pageQuery } from './list-page.ts';
import { emptyBody, idParams } from './route-params.ts';
import { unknownNameSentence } from './unknown-name.ts';

/** A change with many files and a long message. */
const changeBytesMax = 4 * 1024 ** 2;

const changesQuery = Type.Object(
  {
    repository: Type.Optional(Type.String({ description: 'In this repository' })),
    branch: Type.Optional(Type.String({ description: 'On this branch' })),
    revision: Type.Optional(Type.String({ description: 'Of this absolute revision' })),
    author: Type.Optional(Type.String({ description: 'By this author, as the commit names them' })),
    ...pageQuery,
    sort: sortQuery(changeOrders, 'as they were seen, newest first'),
  },
  { additionalProperties: false },
);

/** `/changes`: what was seen in the repositories. */
export function changeRoutes(api: Api, { store, config }: Pick<ApiParts, 'store' | 'config'>): void {
  api.get(
    '/changes',
    {
      config: { access: 'public' },
      schema: {
        tags: ['changes'],
        summary: 'Changes, newest first',
        description: 'In the order in which they were seen.',
        querystring: changesQuery,
        response: answers({ 200: listOf(Change) }, 410),
      },
    },
    async ({ query, viewer }) => {
      const builders = viewer.builders ?? undefined;
      const { repository, branch, revision, author } = query;
      return pageInOrder(store.epoch, 'changes', query, (order, limit) =>
        store.do(listChanges, { filter: { repository, branch, revision, author, builders }, order, limit }),
      );
    },
  );

  api.get(
    '/changes/:id',
    {
      config: { access: 'public' },
      schema: {
        tags: ['changes'],
        summary: 'One change',
        description: 'What was made of it: `/buildsets?revision=`, `/builds?revision=`.',
        params: idParams,
        querystring: emptyBody,
        response: answers({ 200: Change }, 404),
      },
    },
    async ({ params, viewer }) => {
      const builders = viewer.builders ?? undefined;
      const found = await store.do(readChangeById, { change: params.id, builders });
      if (!found) throw unknownNumber('change', params.id);
      return found;
    },
  );

  api.post(
    '/changes',
    {
      config: { access: 'write' },
      bodyLimit: changeBytesMax,
      schema: {
        tags: ['changes'],
        summary: 'Tell of a change',
        description:
          'Schedulers that watch its branch build it. One that is known already is answered with 200.',
        querystring: emptyBody,
        body: NewChange,
        response: answers({ 200: Change, 201: Change }, 422),
      },
    },
    async (request, reply) => {
      const { repository, branch, revision, author, message, committedAt, files, link } = request.body;
      const known = config.get().repositories.map(({ name }) => name);
      if (!known.includes(repository)) {
        const sentence = unknownNameSentence('repository', repository, known);
        throw new ApiProblem(422, 'unknown-repository', sentence, [
          { field: 'repository', message: sentence },
        ]);
      }
      const added = await store.do(addChangeOnce, {
        change: {
          repository,
          branch,
          revision,
          author: author ?? '',
          message: message ?? '',
          committedAt: committedAt ?? null,
          files: files ?? [],
          link: link ?? null,
        },
        idempotency: idempotencyOf(request),
      });
      if (added.kind === 'conflict') throw keyUsedBefore();
      const change = await store.do(readChange, { repository, branch, revision });
      assert(change, 'a change that was added is there');
      return reply.code(added.answer.added ? 201 : 200).send(change);
    },
  );
}
