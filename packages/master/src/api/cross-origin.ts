import type { CurrentConfig } from '../config/config.ts';
import { ApiProblem } from './api-problem.ts';
import type { Api } from './api.ts';

/** What a page of another site may send along, and read of the answer. */
const sent = 'authorization, last-event-id, range, if-range';
const read = 'retry-after, etag, content-range, accept-ranges';
/** A browser need not ask again for so long. */
const rememberedSeconds = 7_200;

/**
 * Lets pages of other sites read what is public (https://fetch.spec.whatwg.org/#http-cors-protocol), so that
 * anybody can write tools; with a token, which they have to know, also what it may see. Only where there are
 * tokens: else a page could read a master that was meant for its own machine.
 */
export function allowOtherSites(api: Api, config: CurrentConfig): void {
  const isAllowed = (): boolean => {
    const { publicRead, tokens } = config.get();
    return publicRead && tokens.length > 0;
  };
  api.addHook('onRequest', async (request, reply) => {
    const { access } = request.routeOptions.config;
    if (!isAllowed() || request.method === 'POST') return;
    if (access !== 'public' && request.routeOptions.url !== '/api/v1/openapi.json') return;
    reply.header('access-control-allow-origin', '*');
    reply.header('access-control-expose-headers', read);
    reply.header('cross-origin-resource-policy', 'cross-origin');
  });
  api.options(
    '/api/v1/*',
    { config: { access: 'open' }, schema: { hide: true } },
    async (_request, reply) => {
      if (!isAllowed()) throw new ApiProblem(404, 'unknown-call', 'There is no such call.');
      return reply
        .header('access-control-allow-origin', '*')
        .header('access-control-allow-methods', 'GET, HEAD')
        .header('access-control-allow-headers', sent)
        .header('access-control-max-age', rememberedSeconds)
        .code(204)
        .send();
    },
  );
}
