import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Clock } from '@millrace/kernel/clock';
import { scopes } from '../config/access-config.ts';
import type { Scope, TokenConfig } from '../config/access-config.ts';
import type { CurrentConfig } from '../config/config.ts';
import { expiryText } from '../config/expiry.ts';
import { heldToken, tokenDigest } from '../config/held-token.ts';
import { ApiProblem } from './api-problem.ts';
import type { Api } from './api.ts';
import { CallLimits } from './call-limits.ts';
import { everybody, publicViewer } from './viewer.ts';
import type { Viewer } from './viewer.ts';

/**
 * Who may call a route:
 *
 * - `open`: everybody;
 * - `public`: who has a token of the scope `read`, and with `publicRead` everybody: the route shows its caller
 *   what `request.viewer` may see;
 * - a scope: who has a token of it, or of a wider one.
 */
export type Access = 'open' | 'public' | Scope;

declare module 'fastify' {
  interface FastifyContextConfig {
    access?: Access;
    /** It may be called as often as anybody likes: what looks after the process does so, too. */
    isUnlimited?: boolean;
    /** Its own signature lets a call in, wherever it comes from. */
    isSigned?: boolean;
  }
  interface FastifyRequest {
    /** The name of the caller's token; null where none is needed. */
    caller: string | null;
    /** What the caller may see. */
    viewer: Viewer;
  }
}

/** Each scope holds those before it: read < write < admin. */
function reaches(token: TokenConfig, scope: Scope): boolean {
  return token.scopes.some((held) => scopes.indexOf(held) >= scopes.indexOf(scope));
}

/** The scope that a call needs; null: none. */
export function scopeOf(access: Access): Scope | null {
  if (access === 'open') return null;
  return access === 'public' ? 'read' : access;
}

/**
 * Lets each call in or not. Without tokens in the config everything is open, which is for loopback alone: the
 * master refuses to listen anywhere else. A route that says nothing about its access is a mistake.
 */
export function guardAccess(api: Api, config: CurrentConfig, clock: Clock): void {
  const limits = new CallLimits(config, clock);
  api.decorateRequest('caller', null);
  api.decorateRequest('viewer');
  api.addHook('onRoute', (route) => {
    if (route.config?.access === undefined) throw new Error(`${route.url} does not say who may call it`);
  });
  api.addHook('onRequest', async (request: FastifyRequest, reply: FastifyReply) => {
    const current = config.get();
    request.viewer = everybody;
    // What is at no address needs no token: its answer is the same for all.
    const access = request.routeOptions.config.access ?? 'open';
    const scope = scopeOf(access);
    if (current.tokens.length === 0 || request.routeOptions.config.isUnlimited) return;
    const { authorization } = request.headers;
    if (scope === null || authorization === undefined) limits.anonymous(request, reply);
    if (scope === null) return;
    if (authorization === undefined && access === 'public' && current.publicRead) {
      request.viewer = publicViewer(config);
      return;
    }
    const token = tokenOf(authorization, current.tokens, clock.now());
    if (token instanceof ApiProblem) {
      if (authorization !== undefined) limits.failure(request, reply);
      reply.header('www-authenticate', 'Bearer');
      throw token;
    }
    limits.caller(token.name, reply);
    if (!reaches(token, scope)) {
      throw new ApiProblem(
        403,
        'scope-missing',
        `The token "${token.name}" may ${token.scopes.join(', ') || 'do nothing'}; this call needs "${scope}". Give it that scope in the config, or use another token.`,
      );
    }
    request.caller = token.name;
  });
}

const howTo =
  'Make one with `millrace token`, put its hash under `tokens` in the config, and send it as `Authorization: Bearer TOKEN`.';

/** The caller's token; or why there is none: `token-missing`, `token-unknown`, `token-expired` 401. */
function tokenOf(
  header: string | undefined,
  tokens: readonly TokenConfig[],
  now: number,
): TokenConfig | ApiProblem {
  if (header === undefined) return new ApiProblem(401, 'token-missing', `This call needs a token. ${howTo}`);
  const secret = /^Bearer +(\S{1,1000}) *$/iu.exec(header)?.[1];
  const digest = secret === undefined ? undefined : tokenDigest(secret);
  let expired: ApiProblem | undefined;
  let found: TokenConfig | undefined;
  for (const token of digest === undefined ? [] : tokens) {
    const held = heldToken(token.hashes, digest as Buffer, now);
    if (held.kind === 'valid') found ??= token;
    if (held.kind === 'expired') expired ??= tokenExpired(token.name, held.expiresAt);
  }
  return found ?? expired ?? new ApiProblem(401, 'token-unknown', `This token is not known. ${howTo}`);
}

function tokenExpired(name: string, expiresAt: number): ApiProblem {
  return new ApiProblem(
    401,
    'token-expired',
    `The token "${name}" expired on ${expiryText(expiresAt)}. ${howTo}`,
  );
}
