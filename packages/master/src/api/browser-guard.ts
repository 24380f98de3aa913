import type { FastifyRequest } from 'fastify';
import type { CurrentConfig } from '../config/config.ts';
import { ApiProblem } from './api-problem.ts';
import type { Api } from './api.ts';

/**
 * Keeps other sites' pages, open in a browser on this machine, away from a master without tokens: they can
 * post to loopback (cross-site requests), or give their own name loopback's address (DNS rebinding). With
 * tokens neither helps them, since a browser does not know the token.
 */
export function guardFromBrowsers(api: Api, config: CurrentConfig): void {
  api.addHook('onRequest', async (request) => {
    if (config.get().tokens.length > 0 || request.routeOptions.config.isSigned) return;
    if (!isLoopbackName(request.headers.host)) {
      throw new ApiProblem(
        421,
        'host-not-local',
        `This master listens on this machine alone and was called as ${JSON.stringify(request.headers.host ?? '')}. Call it as 127.0.0.1 or localhost; to serve others, give it tokens in the config.`,
      );
    }
    if (isForwarded(request)) {
      throw new ApiProblem(
        421,
        'forwarded-without-tokens',
        'This master listens on this machine alone, and a proxy passed this on from somewhere else. To serve others, give it tokens in the config.',
      );
    }
    if (changes(request) && isCrossSite(request)) {
      throw new ApiProblem(
        403,
        'cross-site',
        'A page of another site asked for this. Ask from the pages of this master, or with the command.',
      );
    }
  });
}

/** A proxy on this machine makes everybody come from loopback, and often calls it by that name. */
function isForwarded({ headers }: FastifyRequest): boolean {
  return ['x-forwarded-for', 'x-forwarded-host', 'x-real-ip', 'forwarded', 'via'].some(
    (name) => headers[name] !== undefined,
  );
}

function changes(request: FastifyRequest): boolean {
  return request.method !== 'GET' && request.method !== 'HEAD';
}

const loopback =
  /^(?:localhost|[a-z0-9-]+\.localhost|127\.\d{1,3}\.\d{1,3}\.\d{1,3}|\[::1\])(?::\d{1,5})?$/iu;

function isLoopbackName(host: string | undefined): boolean {
  return host !== undefined && loopback.test(host);
}

/** Browsers tell where a request comes from; programs say nothing, and are not misled by pages. */
function isCrossSite(request: FastifyRequest): boolean {
  const site = request.headers['sec-fetch-site'];
  if (site !== undefined) return site !== 'same-origin' && site !== 'none';
  const { origin, host } = request.headers;
  if (origin === undefined) return false;
  return !URL.canParse(origin) || new URL(origin).host !== host;
}
