import { Retention } from '@millrace/protocol/api/retention';
import { previewPass } from '../retention/preview.ts';
import type { Api, ApiParts } from './api.ts';
import { answers } from './answers.ts';
import { emptyBody } from './route-params.ts';

/** `/retention`: what is kept of each builder, and what the next pass removes. */
export function retentionRoutes(api: Api, { store, config }: Pick<ApiParts, 'store' | 'config'>): void {
  api.get(
    '/retention',
    {
      config: { access: 'read' },
      schema: {
        tags: ['operation'],
        summary: 'What is kept, and what is due to be removed',
        description: 'By the config in force; asking changes nothing.',
        querystring: emptyBody,
        response: answers({ 200: Retention }),
      },
    },
    () => previewPass(store, config.get()),
  );
}
