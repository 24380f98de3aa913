import Type from 'typebox';
import { listOf } from '@millrace/protocol/api/common';
import { Scheduler } from '@millrace/protocol/api/schedulers';
import type { Api, ApiParts } from './api.ts';
import { answers } from './answers.ts';
import { pageOfAll, pageQuery } from './list-page.ts';

/** `/schedulers`: what the config builds by itself. */
export function schedulerRoutes(api: Api, { store, config }: Pick<ApiParts, 'store' | 'config'>): void {
  api.get(
    '/schedulers',
    {
      config: { access: 'read' },
      schema: {
        tags: ['schedulers'],
        summary: "Schedulers, in the config's order",
        description: 'What makes them build, and what they build.',
        querystring: Type.Object(pageQuery, { additionalProperties: false }),
        response: answers({ 200: listOf(Scheduler) }, 410),
      },
    },
    async ({ query }) => {
      const all = config.get().schedulers.map((scheduler) => ({
        name: scheduler.name,
        kind: scheduler.kind,
        repository: scheduler.repository,
        branches: [...scheduler.branches],
        builders: [...scheduler.builders],
        priority: scheduler.priority,
      }));
      return pageOfAll(store.epoch, 'schedulers', query, all);
    },
  );
}
