import { Build, BuildDetail, Cancel, Forced, Step } from '@millrace/protocol/api/builds';
import { listOf } from '@millrace/protocol/api/common';
import { cancelBuild, retryBuild } from '../store/operations/builds.ts';
import { readBuild, readBuildDetail } from '../store/operations/read-builds.ts';
import { readBuildset } from '../store/operations/read-buildsets.ts';
import { readSteps } from '../store/operations/read-steps.ts';
import type { Store } from '../store/store.ts';
import type { Api, ApiParts } from './api.ts';
import { answers } from './answers.ts';
import { ApiProblem, unknownNumber } from './api-problem.ts';
import { idempotencyOf, keyUsedBefore } from './idempotency-key.ts';
import { buildListRoute } from './list-of-builds.ts';
import { shownDetail, shownSteps } from './public-view.ts';
import { emptyBody, idParams } from './route-params.ts';
import { unknownName } from './unknown-name.ts';
import { sees } from './viewer.ts';
import type { Viewer } from './viewer.ts';

/** `/builds`: what ran and runs, and what people do about it. */
export function buildRoutes(api: Api, { store, config }: Pick<ApiParts, 'store' | 'config'>): void {
  buildListRoute(api, { store });

  api.get(
    '/builds/:id',
    {
      config: { access: 'public' },
      schema: {
        tags: ['builds'],
        summary: 'One build',
        description: 'With its steps, logs, properties, other attempts and the change that it is of.',
        params: idParams,
        querystring: emptyBody,
        response: answers({ 200: BuildDetail }, 404),
      },
    },
    async ({ params, viewer }) => {
      const found = await store.do(readBuildDetail, { build: params.id });
      const shown = found && shownDetail(viewer, found);
      if (!shown) throw unknownNumber('build', params.id);
      return shown;
    },
  );

  api.get(
    '/builds/:id/steps',
    {
      config: { access: 'public' },
      schema: {
        tags: ['builds'],
        summary: "A build's steps, in the plan's order",
        description: 'Those that have not begun are there, too.',
        params: idParams,
        querystring: emptyBody,
        response: answers({ 200: listOf(Step) }, 404),
      },
    },
    async ({ params, viewer }) => {
      const steps = await shownStepsOf(store, viewer, params.id);
      if (!steps) throw unknownNumber('build', params.id);
      return { items: steps, nextCursor: null };
    },
  );

  api.post(
    '/builds/:id/cancel',
    {
      config: { access: 'write' },
      schema: {
        tags: ['builds'],
        summary: 'Cancel a build',
        description:
          'The worker ends its commands and then says so: until then `cancelling` is true. Repeating it is harmless.',
        params: idParams,
        querystring: emptyBody,
        body: Cancel,
        response: answers({ 202: Build }, 404, 409),
      },
    },
    async ({ params, body, caller }, reply) => {
      const message = body.message ?? cancelMessage(caller);
      const asked = await store.do(cancelBuild, { build: params.id, reason: 'cancelled', message });
      const build = await store.do(readBuild, { build: params.id });
      if (!build) throw unknownNumber('build', params.id);
      if (asked.kind === 'already-finished' && build.result !== 'cancelled') {
        throw new ApiProblem(
          409,
          'build-finished',
          `Build ${params.id} has ended already, with the result ${build.result}: there is nothing to cancel.`,
        );
      }
      return reply.code(202).send(build);
    },
  );

  api.post(
    '/builds/:id/retry',
    {
      config: { access: 'write' },
      schema: {
        tags: ['builds'],
        summary: 'Build the same again',
        description: 'A new buildset of the same source and properties. The old build stays as it is.',
        params: idParams,
        querystring: emptyBody,
        body: emptyBody,
        response: answers({ 201: Forced }, 404, 422),
      },
    },
    async (request, reply) => {
      const build = request.params.id;
      const found = await store.do(readBuild, { build });
      if (!found) throw unknownNumber('build', build);
      const known = config.get().builders.map(({ name }) => name);
      if (!known.includes(found.builder)) throw unknownName(422, 'builder', found.builder, known);
      const added = await store.do(retryBuild, { build, idempotency: idempotencyOf(request) });
      if (added.kind === 'unknown') throw unknownNumber('build', build);
      if (added.kind === 'conflict') throw keyUsedBefore();
      const { buildset, requests } = added;
      const revision = (await store.do(readBuildset, { buildset }))?.revision ?? null;
      return reply.code(201).send({ buildset, requests: [...requests], revision });
    },
  );
}

/** Undefined: there is no such build, as far as the viewer may know. */
export async function shownStepsOf(store: Store, viewer: Viewer, build: number): Promise<Step[] | undefined> {
  if (viewer.builders !== null) {
    const found = await store.do(readBuild, { build });
    if (!found || !sees(viewer, found.builder)) return undefined;
  }
  const steps = await store.do(readSteps, { build });
  return steps && shownSteps(viewer, steps);
}

/** What is recorded where nobody said why. */
export function cancelMessage(caller: string | null): string {
  return caller === null ? 'Somebody asked for it.' : `"${caller}" asked for it.`;
}
