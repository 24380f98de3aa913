import Type from 'typebox';
import { Cancel } from '@millrace/protocol/api/builds';
import { listOf } from '@millrace/protocol/api/common';
import { SetPriority } from '@millrace/protocol/api/priority';
import { Request, requestStates } from '@millrace/protocol/api/requests';
import { results } from '@millrace/protocol/result';
import { listRequests, readRequest, requestOrders } from '../store/operations/read-requests.ts';
import { setPriority } from '../store/operations/request-priority.ts';
import { cancelRequest } from '../store/operations/requests.ts';
import type { Api, ApiParts } from './api.ts';
import { answers } from './answers.ts';
import { ApiProblem, unknownNumber } from './api-problem.ts';
import { cancelMessage } from './builds.ts';
import { idempotencyOf, keyUsedBefore } from './idempotency-key.ts';
import { sortQuery } from './list-order.ts';
import { pageInOrder, pageQuery, severalOf, severalWords } from './list-page.ts';
import { emptyBody, idParams } from './route-params.ts';
import { sees } from './viewer.ts';
import { explained } from './waiting.ts';

const requestsQuery = Type.Object(
  {
    builder: Type.Optional(Type.String({ description: 'For this builder' })),
    buildset: Type.Optional(Type.Integer({ minimum: 1, description: 'Of this buildset' })),
    state: severalWords(requestStates, 'In these states'),
    result: severalWords(results, 'That ended so'),
    branch: Type.Optional(Type.String({ description: 'Of this branch' })),
    revision: Type.Optional(Type.String({ description: 'Of this absolute revision' })),
    ...pageQuery,
    sort: sortQuery(requestOrders, 'newest first'),
  },
  { additionalProperties: false },
);

/** `/requests`: what waits to be built, and what became of it. */
export function requestRoutes(api: Api, parts: Pick<ApiParts, 'store' | 'config'>): void {
  const { store } = parts;
  api.get(
    '/requests',
    {
      config: { access: 'public' },
      schema: {
        tags: ['requests'],
        summary: 'Requests, newest first',
        description:
          'With `state=pending` it is the queue: each says what it waits for. `-priority` is the order in which they go.',
        querystring: requestsQuery,
        response: answers({ 200: listOf(Request) }, 410),
      },
    },
    async ({ query, viewer }) => {
      const builders = viewer.builders ?? undefined;
      const { builder, buildset, branch, revision } = query;
      const states = severalOf('state', query.state, requestStates);
      const wanted = severalOf('result', query.result, results);
      const filter = { builder, builders, buildset, branch, revision, states, results: wanted };
      const page = await pageInOrder(store.epoch, 'requests', query, (order, limit) =>
        store.do(listRequests, { filter, order, limit }),
      );
      return { ...page, items: await explained(parts, page.items, viewer) };
    },
  );

  api.get(
    '/requests/:id',
    {
      config: { access: 'public' },
      schema: {
        tags: ['requests'],
        summary: 'One request',
        description: 'It keeps its number through all its builds.',
        params: idParams,
        querystring: emptyBody,
        response: answers({ 200: Request }, 404),
      },
    },
    async ({ params, viewer }) => {
      const found = await store.do(readRequest, { request: params.id });
      if (!found || !sees(viewer, found.builder)) throw unknownNumber('request', params.id);
      return (await explained(parts, [found], viewer))[0];
    },
  );

  api.post(
    '/requests/:id/cancel',
    {
      config: { access: 'write' },
      schema: {
        tags: ['requests'],
        summary: 'Cancel a request',
        description:
          'One that waits ends at once; one that runs has its build cancelled. Repeating it is harmless.',
        params: idParams,
        querystring: emptyBody,
        body: Cancel,
        response: answers({ 202: Request }, 404, 409),
      },
    },
    async ({ params, body, caller }, reply) => {
      const message = body.message ?? cancelMessage(caller);
      const asked = await store.do(cancelRequest, { request: params.id, message });
      const request = await store.do(readRequest, { request: params.id });
      if (!request) throw unknownNumber('request', params.id);
      if (asked.kind === 'already-finished' && request.result !== 'cancelled') {
        throw new ApiProblem(
          409,
          'request-finished',
          `Request ${params.id} has ended already, with the result ${request.result}: there is nothing to cancel.`,
        );
      }
      const [answer] = await explained(parts, [request]);
      return reply.code(202).send(answer as Request);
    },
  );

  api.post(
    '/requests/:id/priority',
    {
      config: { access: 'write' },
      schema: {
        tags: ['requests'],
        summary: 'Let a request go before others, or behind them',
        description: 'One that waits. What it was before is in the event that tells of it.',
        params: idParams,
        querystring: emptyBody,
        body: SetPriority,
        response: answers({ 200: Request }, 404, 409),
      },
    },
    async (apiRequest) => {
      const { params, body, caller } = apiRequest;
      const done = await store.do(setPriority, {
        request: params.id,
        priority: body.priority,
        message: body.message ?? cancelMessage(caller),
        idempotency: idempotencyOf(apiRequest),
      });
      if (done.kind === 'conflict') throw keyUsedBefore();
      const request = await store.do(readRequest, { request: params.id });
      if (!request) throw unknownNumber('request', params.id);
      if (done.answer.kind === 'not-waiting') {
        const how = done.answer.state === 'finished' ? 'has ended' : 'is being built';
        throw new ApiProblem(
          409,
          'request-not-waiting',
          `Request ${params.id} ${how}: it waits for nothing any more.`,
        );
      }
      return (await explained(parts, [request]))[0];
    },
  );
}
