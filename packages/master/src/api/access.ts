import { createHash } from 'node:crypto';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { CurrentConfig, Scope, TokenConfig } from '../config/config.ts';
import { scopes } from '../config/config.ts';
import { ApiProblem } from './api-problem.ts';
import type { Api } from './api.ts';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Who may call a route: everybody, or who has a token of this scope or a wider one. */
    access?: 'open' | Scope;
  }
  interface FastifyRequest {
    /** The name of the caller's token; null where none is needed. */
    caller: string | null;
  }
}

/** Each scope holds those before it: read < write < admin. */
function reaches(token: TokenConfig, scope: Scope): boolean {
  return token.scopes.some((held) => scopes.indexOf(held) >= scopes.indexOf(scope));
}

/**
 * Lets each call in or not. Without tokens in the config everything is open, which is for loopback alone: the
 * master refuses to listen anywhere else. A route that says nothing about its access is a mistake.
 */
export function guardAccess(api: Api, config: CurrentConfig): void {
  api.decorateRequest('caller', null);
  api.addHook('onRoute', (route) => {
    if (route.config?.access === undefined) throw new Error(`${route.url} does not say who may call it`);
  });
  api.addHook('onRequest', async (request: FastifyRequest, reply: FastifyReply) => {
    const { tokens } = config.get();
    const access = request.routeOptions.config.access;
    if (tokens.length === 0 || access === 'open' || access === undefined) return;
    const token = tokenOf(request.headers.authorization, tokens);
    if (!token) {
      reply.header('www-authenticate', 'Bearer');
      throw unauthorised(request.headers.authorization !== undefined);
    }
    if (!reaches(token, access)) {
      throw new ApiProblem(
        403,
        'scope-missing',
        `The token "${token.name}" may ${token.scopes.join(', ') || 'do nothing'}; this call needs "${access}". Give it that scope in the config, or use another token.`,
      );
    }
    request.caller = token.name;
  });
}

/** Tokens are random and compared by their hashes, so the time that it takes tells nothing. */
function tokenOf(header: string | undefined, tokens: readonly TokenConfig[]): TokenConfig | undefined {
  const secret = /^Bearer +(\S+) *$/iu.exec(header ?? '')?.[1];
  if (secret === undefined) return undefined;
  const hash = `sha256:${createHash('sha256').update(secret).digest('hex')}`;
  return tokens.find((token) => token.hash === hash);
}

function unauthorised(wasGiven: boolean): ApiProblem {
  return new ApiProblem(
    401,
    wasGiven ? 'token-unknown' : 'token-missing',
    `${wasGiven ? 'This token is not known' : 'This call needs a token'}. Make one with \`millrace token\`, put its hash under \`tokens\` in the config, and send it as \`Authorization: Bearer TOKEN\`.`,
  );
}
