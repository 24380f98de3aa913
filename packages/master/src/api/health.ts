import { Health } from '@millrace/protocol/api/health';
import { messageOf } from '@millrace/kernel/errors';
import { eventsHead } from '../store/operations/events.ts';
import type { Api, ApiParts } from './api.ts';
import { answers } from './answers.ts';
import { ApiProblem } from './api-problem.ts';

/** Whoever waits for a start asks these, and nothing else: what writes answers by schemas is not compiled for them. */
const plainJson = () => JSON.stringify;

/** `/healthz`: the process answers. `/readyz`: it can do its work. Both are open. */
export function healthRoutes(api: Api, { store, ready }: Pick<ApiParts, 'store' | 'ready'>): void {
  api.get(
    '/healthz',
    {
      config: { access: 'open', isUnlimited: true },
      serializerCompiler: plainJson,
      schema: {
        tags: ['operation'],
        summary: 'Whether the process answers',
        description: 'Restart it where this fails for long.',
        response: answers({ 200: Health }),
      },
    },
    () => Promise.resolve({ status: 'ok' as const, message: 'It answers.' }),
  );

  api.get(
    '/readyz',
    {
      config: { access: 'open', isUnlimited: true },
      serializerCompiler: plainJson,
      schema: {
        tags: ['operation'],
        summary: 'Whether the master can do its work',
        description: 'Its store answers, its config is in force, and it is not about to stop.',
        response: answers({ 200: Health }, 503),
      },
    },
    async () => {
      const readiness = ready();
      if (!readiness.ready) throw new ApiProblem(503, 'not-ready', readiness.message);
      await store.do(eventsHead, undefined).catch((error: unknown) => {
        throw new ApiProblem(503, 'not-ready', `The store does not answer: ${messageOf(error)}`);
      });
      return { status: 'ok' as const, message: 'It can do its work.' };
    },
  );
}
