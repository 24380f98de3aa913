import Type from 'typebox';
import { Builder } from '@millrace/protocol/api/builders';
import { Force, Forced } from '@millrace/protocol/api/builds';
import { listOf } from '@millrace/protocol/api/common';
import { byName } from '../config/by-name.ts';
import type { BuilderConfig, Config } from '../config/config.ts';
import { readBuilderActivity } from '../store/operations/read-builders.ts';
import type { BuilderActivity } from '../store/operations/read-builders.ts';
import type { Api, ApiParts } from './api.ts';
import { answers } from './answers.ts';
import { Forcing } from './forcing.ts';
import { idempotencyOf } from './idempotency-key.ts';
import { sorted, sortQuery } from './list-order.ts';
import { pageOfAll, pageQuery } from './list-page.ts';
import { shownBuilder } from './public-view.ts';
import { emptyBody, nameParams } from './route-params.ts';
import { unknownName } from './unknown-name.ts';
import { shownBuilders } from './viewer.ts';

const buildersQuery = Type.Object(
  {
    repository: Type.Optional(Type.String({ description: 'Of this repository' })),
    worker: Type.Optional(Type.String({ description: 'That this worker may run' })),
    tag: Type.Optional(Type.String({ description: 'With this tag' })),
    ...pageQuery,
    sort: sortQuery(['name'], "in the config's order"),
  },
  { additionalProperties: false },
);

/** `/builders`: what the config names, what goes on there, and asking for a build. */
export function builderRoutes(
  api: Api,
  { store, config, revisions, dispatch }: Pick<ApiParts, 'store' | 'config' | 'revisions' | 'dispatch'>,
): void {
  const forcing = new Forcing(store, revisions, dispatch);

  api.get(
    '/builders',
    {
      config: { access: 'public' },
      schema: {
        tags: ['builders'],
        summary: "Builders, in the config's order",
        description: 'With how much waits and runs there, and the newest build.',
        querystring: buildersQuery,
        response: answers({ 200: listOf(Builder) }, 410),
      },
    },
    async ({ query, viewer }) => {
      const current = config.get();
      const wanted = (builder: BuilderConfig): boolean =>
        (query.repository === undefined || query.repository === builder.repository) &&
        (query.worker === undefined || builder.workers.includes(query.worker)) &&
        (query.tag === undefined || builder.tags.includes(query.tag));
      const all = sorted(shownBuilders(viewer, current).filter(wanted), query.sort);
      const { items, nextCursor } = pageOfAll(store.epoch, 'builders', query, all);
      const activity = await store.do(readBuilderActivity, { builders: items.map(({ name }) => name) });
      return {
        items: items.map((builder, index) =>
          shownBuilder(viewer, builderOf(current, builder, activity[index])),
        ),
        nextCursor,
      };
    },
  );

  api.get(
    '/builders/:name',
    {
      config: { access: 'public' },
      schema: {
        tags: ['builders'],
        summary: 'One builder',
        description: 'With how much waits and runs there, and the newest build.',
        params: nameParams,
        querystring: emptyBody,
        response: answers({ 200: Builder }, 404),
      },
    },
    async ({ params, viewer }) => {
      const current = config.get();
      const builder = builderNamed(shownBuilders(viewer, current), params.name);
      const [activity] = await store.do(readBuilderActivity, { builders: [params.name] });
      return shownBuilder(viewer, builderOf(current, builder, activity));
    },
  );

  api.post(
    '/builders/:name/force',
    {
      config: { access: 'write' },
      schema: {
        tags: ['builders'],
        summary: 'Ask for a build',
        description:
          'Without `revision` the head of the branch is taken now; either way the build is pinned to an absolute revision before it waits.',
        params: nameParams,
        querystring: emptyBody,
        body: Force,
        response: answers({ 201: Forced }, 404, 422, 503),
      },
    },
    async (request, reply) => {
      const current = config.get();
      const builder = builderNamed(current.builders, request.params.name);
      const forced = await forcing.force({
        config: current,
        builder,
        wanted: request.body,
        caller: request.caller,
        idempotency: idempotencyOf(request),
      });
      return reply.code(201).send(forced);
    },
  );
}

/** @throws ApiProblem `unknown-builder` 404, with the known ones. */
function builderNamed(builders: readonly BuilderConfig[], name: string): BuilderConfig {
  const found = byName(builders, name);
  if (found) return found;
  throw unknownName(
    404,
    'builder',
    name,
    builders.map((builder) => builder.name),
  );
}

function builderOf(config: Config, builder: BuilderConfig, activity: BuilderActivity | undefined): Builder {
  const { name, description, tags, repository, workers } = builder;
  return {
    name,
    description,
    tags: [...tags],
    repository,
    branch: usualBranch(config, builder),
    workers: [...workers],
    pending: activity?.pending ?? 0,
    running: activity?.running ?? 0,
    lastBuild: activity?.lastBuild ?? null,
  };
}

/** The branch that is built where nobody names one. */
function usualBranch(config: Config, builder: BuilderConfig): string | null {
  const repository = config.repositories.find(({ name }) => name === builder.repository);
  return builder.branch ?? repository?.defaultBranch ?? null;
}
