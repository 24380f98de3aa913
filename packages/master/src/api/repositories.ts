import Type from 'typebox';
import { Repository } from '@millrace/protocol/api/repositories';
import { listOf } from '@millrace/protocol/api/common';
import { lookAgainMs } from '../changes/look-pace.ts';
import type { RepositoryConfig } from '../config/source-config.ts';
import { repositoriesList, repositoriesNudge, repositoriesRead } from '../store/operations/repositories.ts';
import type { RepositoryState } from '../store/operations/repositories.ts';
import { answers } from './answers.ts';
import type { Api, ApiParts } from './api.ts';
import { ApiProblem } from './api-problem.ts';
import { pageOfAll, pageQuery } from './list-page.ts';
import { emptyBody, nameParams } from './route-params.ts';
import { unknownName } from './unknown-name.ts';

/** `/repositories`: where changes come from, and how each was found. */
export function repositoryRoutes(api: Api, { store, config }: Pick<ApiParts, 'store' | 'config'>): void {
  const known = (name: string): RepositoryConfig => {
    const { repositories } = config.get();
    const found = repositories.find((one) => one.name === name);
    if (found) return found;
    const names = repositories.map((one) => one.name);
    throw unknownName(404, 'repository', name, names);
  };
  api.get(
    '/repositories',
    {
      config: { access: 'read' },
      schema: {
        tags: ['changes'],
        summary: "Repositories, in the config's order",
        description: 'What is watched of each, and whether it can be read; if not, why and what to do.',
        querystring: Type.Object(pageQuery, { additionalProperties: false }),
        response: answers({ 200: listOf(Repository) }, 410),
      },
    },
    async ({ query }) => {
      const states = new Map((await store.do(repositoriesList, undefined)).map((one) => [one.name, one]));
      const all = config.get().repositories.map((one) => repositoryOf(one, states.get(one.name)));
      return pageOfAll(store.epoch, 'repositories', query, all);
    },
  );

  api.get(
    '/repositories/:name',
    {
      config: { access: 'read' },
      schema: {
        tags: ['changes'],
        summary: 'One repository',
        description: 'As in the list.',
        params: nameParams,
        querystring: emptyBody,
        response: answers({ 200: Repository }, 404),
      },
    },
    async ({ params }) => {
      const repository = known(params.name);
      return repositoryOf(repository, await store.do(repositoriesRead, { repository: repository.name }));
    },
  );

  api.post(
    '/repositories/:name/poll',
    {
      config: { access: 'write' },
      schema: {
        tags: ['changes'],
        summary: 'Look at a repository now',
        description:
          'For whoever knows that there is something new, such as a hook of a server without signatures. It is looked at once more after a look that is under way.',
        params: nameParams,
        querystring: emptyBody,
        body: emptyBody,
        response: answers({ 202: Repository }, 404, 422),
      },
    },
    async ({ params }, reply) => {
      const repository = known(params.name);
      if (!isWatched(repository))
        throw new ApiProblem(
          422,
          'not-watched',
          `Nothing of the repository "${repository.name}" is watched: give it \`branches\` or \`tags\` in the config, or tell of its changes by POST /changes.`,
        );
      await store.do(repositoriesNudge, { repository: repository.name });
      const state = await store.do(repositoriesRead, { repository: repository.name });
      return reply.code(202).send(repositoryOf(repository, state));
    },
  );
}

function isWatched({ branches, tags }: RepositoryConfig): boolean {
  return branches.length + tags.length > 0;
}

function repositoryOf(repository: RepositoryConfig, state: RepositoryState | undefined): Repository {
  const { name, kind, branches, tags, defaultBranch, pollEveryMs } = repository;
  const watched = isWatched(repository);
  const failures = state?.failures ?? 0;
  const lastPollAt = state?.lookedAt ?? null;
  return {
    name,
    kind,
    branches: [...branches],
    tags: [...tags],
    defaultBranch,
    watched,
    pollEveryMs,
    lastPollAt,
    lastReadAt: state?.readAt ?? null,
    nextPollAt: watched && lastPollAt !== null ? lastPollAt + lookAgainMs(pollEveryMs, failures) : null,
    trouble:
      watched && state?.trouble
        ? {
            kind: state.trouble,
            message: state.message ?? '',
            since: state.troubleSince ?? 0,
            failures,
          }
        : null,
  };
}
