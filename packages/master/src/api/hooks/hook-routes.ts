import { createHash } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import type { FastifyRequest } from 'fastify';
import { HookAnswer } from '@millrace/protocol/api/hooks';
import type { ReadSecret } from '../../config/read-secret.ts';
import type { HookConfig } from '../../config/source-config.ts';
import { hookDeliver } from '../../store/operations/hook-deliveries.ts';
import { repositoriesRead } from '../../store/operations/repositories.ts';
import type { Idempotency } from '../../store/operations/idempotency.ts';
import { answers } from '../answers.ts';
import type { Api, ApiParts } from '../api.ts';
import { ApiProblem } from '../api-problem.ts';
import { keyUsedBefore } from '../idempotency-key.ts';
import { emptyBody, nameParams } from '../route-params.ts';
import type { ToldPush } from './delivery.ts';
import { notSigned, unknownRepository } from './delivery-problems.ts';
import { parsedDelivery, takeDeliveries } from './hook-bodies.ts';
import { deliveryId, deliveryOf } from './read-delivery.ts';
import { hasSignature, isSigned } from './signed.ts';
import { toldRepository } from './told-repository.ts';
import { whatToDo } from './what-to-do.ts';

/** GitHub sends 25 MB at most; larger deliveries it drops itself. */
const deliveryBytesMax = 25 * 1024 ** 2;
/** Bodies that are read at once: each may be as large as that. */
const deliveriesMax = 8;

export type HookRouteParts = Pick<ApiParts, 'store' | 'config' | 'clock' | 'onTrouble'> & {
  readonly readSecret: ReadSecret;
};

/** `/hooks/NAME`: GitHub, GitLab, Gitea and Forgejo tell of pushes. The signature is what lets them in. */
export function hookRoutes(api: Api, parts: HookRouteParts): void {
  const { store, config, clock, onTrouble, readSecret } = parts;
  const hookOf = (request: FastifyRequest): HookConfig | undefined =>
    config.get().hooks.find(({ name }) => name === (request.params as { name: string }).name);
  takeDeliveries(api, deliveriesMax);
  api.post(
    '/hooks/:name',
    {
      config: { access: 'open', isSigned: true, keepAnswer: false },
      bodyLimit: deliveryBytesMax,
      schema: {
        tags: ['changes'],
        summary: 'Take a delivery of a service',
        description:
          'As GitHub, GitLab, Gitea and Forgejo send it, signed with the secret of the hook. A delivery that comes again does nothing and is answered as before.',
        params: nameParams,
        querystring: emptyBody,
        response: answers({ 200: HookAnswer }, 409, 422, 503),
      },
      // Before any of the body is read.
      onRequest: async (request) => {
        const hook = hookOf(request);
        if (hook === undefined || !hasSignature(hook.kind, request.headers)) throw notSigned();
      },
    },
    (request) => answer(request),
  );

  async function answer(request: FastifyRequest): Promise<HookAnswer> {
    const hook = hookOf(request);
    if (hook === undefined || !(request.body instanceof Uint8Array)) throw notSigned();
    const { headers, body } = request;
    if (!isSigned(hook.kind, secretOf(hook), { headers, body }, clock.now())) throw notSigned();
    const delivery = deliveryOf(hook.kind, headers, parsedDelivery(headers['content-type'], body));
    switch (delivery.kind) {
      case 'ping':
        return ignored('The hook is heard, and its signature holds.');
      case 'other':
        return ignored(`Deliveries of ${JSON.stringify(delivery.event)} tell of nothing to build.`);
      case 'malformed':
        throw new ApiProblem(422, 'malformed-delivery', delivery.message);
      case 'push':
        return take(hook, delivery, keyOf(hook, headers, body));
      default:
        return delivery satisfies never;
    }
  }

  /** Never told to the caller: what is missing is the master's own matter. */
  function secretOf(hook: HookConfig): string {
    try {
      return readSecret(hook.secret);
    } catch (error) {
      onTrouble(error, `hook "${hook.name}"`);
      throw new ApiProblem(
        503,
        'hook-not-ready',
        'This hook is not ready; the output of the master says why.',
      );
    }
  }

  async function take(hook: HookConfig, push: ToldPush, idempotency: Idempotency): Promise<HookAnswer> {
    const { repositories } = config.get();
    const repository = toldRepository(hook, push.addresses, repositories);
    if (repository === undefined)
      throw unknownRepository(
        push.addresses,
        repositories.map(({ name }) => name),
      );
    const state = await store.do(repositoriesRead, { repository: repository.name });
    const { changes, skipped, poll, message } = whatToDo(push, repository, state);
    const done = await store.do(hookDeliver, {
      idempotency,
      repository: repository.name,
      branch: push.branch,
      changes,
      skipped,
      poll,
      message,
    });
    if (done.kind === 'conflict') throw keyUsedBefore();
    return done.answer;
  }
}

function ignored(message: string): HookAnswer {
  return { outcome: 'ignored', message, changes: [] };
}

/** A delivery without a name of its own is known by what it says. */
function keyOf(hook: HookConfig, headers: IncomingHttpHeaders, body: Uint8Array): Idempotency {
  const digest = createHash('sha256').update(body).digest('base64url');
  return { key: `hook:${hook.name}:${deliveryId(hook.kind, headers) ?? digest}`, call: digest };
}
