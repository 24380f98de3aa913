import type { FastifyReply, FastifyRequest, RouteOptions } from 'fastify';
import { keepAnswer, readKeptAnswer } from '../store/operations/kept-answers.ts';
import type { Store } from '../store/store.ts';
import { problemAnswer } from './answers.ts';
import type { Api } from './api.ts';
import { idempotencyHeaders, idempotencyOf, keyUsedBefore } from './idempotency-key.ts';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** False: this POST takes no key; it has another way to know its repeats, or shows a secret that is not kept. */
    keepAnswer?: boolean;
  }
  interface FastifyRequest {
    /** It was answered with what an earlier call with its key was. */
    isRepeat: boolean;
  }
}

/** Longer answers are made anew by the operation, which has its own memory of the key where it must. */
const answerCharsMax = 256 * 1024;

/**
 * Every POST may carry an `Idempotency-Key`: the first answer that was a success is kept, a repeat gets it again and
 * does nothing, and the same key with another call is a 409. A route need not do anything for it. Between the
 * operation's commit and the answer's there is a moment in which a master may die, so an operation that must not
 * happen twice takes the key too (`once`).
 */
export function answerRepeats(
  api: Api,
  store: Store,
  onTrouble: (error: unknown, call: string) => void,
): void {
  api.decorateRequest('isRepeat', false);
  api.addHook('onRoute', (route) => {
    if (route.method === 'POST' && route.config?.keepAnswer !== false) describeKey(route);
  });
  api.addHook('preHandler', async (request, reply) => {
    const idempotency = request.method === 'POST' ? idempotencyOf(request) : null;
    if (idempotency === null || !isKept(request)) return;
    const before = await store.do(readKeptAnswer, idempotency);
    if (before?.kind === 'conflict') throw keyUsedBefore();
    if (before === undefined) return;
    request.isRepeat = true;
    const { status, type, body } = before.answer;
    await reply.code(status).header('idempotent-replayed', 'true').type(type).send(body);
  });
  api.addHook('onSend', async (request, reply, payload) => {
    const idempotency = request.method === 'POST' ? idempotencyOf(request) : null;
    if (idempotency === null || !isKept(request) || request.isRepeat || !isSuccess(reply)) return payload;
    if (typeof payload !== 'string' || payload.length > answerCharsMax) return payload;
    const type = String(reply.getHeader('content-type') ?? 'application/json; charset=utf-8');
    const answer = { status: reply.statusCode, type, body: payload };
    // What was asked for is done, and the caller is told so, whatever becomes of the note about it.
    await store.do(keepAnswer, { idempotency, answer }).catch((error: unknown) => {
      onTrouble(error, `${request.method} ${request.url}`);
    });
    return payload;
  });
}

function isKept(request: FastifyRequest): boolean {
  return request.routeOptions.config.keepAnswer !== false;
}

function isSuccess(reply: FastifyReply): boolean {
  return reply.statusCode >= 200 && reply.statusCode < 300;
}

/** The header and its 409, in the description of the route. */
function describeKey(route: RouteOptions): void {
  const schema = route.schema ?? {};
  const own = schema.headers as { readonly properties?: object } | undefined;
  route.schema = {
    ...schema,
    headers: {
      ...idempotencyHeaders,
      ...own,
      properties: { ...own?.properties, ...idempotencyHeaders.properties },
    },
    response: { 409: problemAnswer(409), ...(schema.response as object | undefined) },
  };
}
