import { createHash } from 'node:crypto';
import Type from 'typebox';
import type { FastifyRequest } from 'fastify';
import type { Idempotency } from '../store/operations/idempotency.ts';
import { ApiProblem } from './api-problem.ts';

/** The header of a call that may be repeated. */
export const idempotencyHeaders = Type.Object({
  'idempotency-key': Type.Optional(
    Type.String({
      minLength: 1,
      maxLength: 200,
      description: 'Chosen by the caller: a repeat with the same key gets the first answer and does nothing',
    }),
  ),
});

/** The caller's key for this call; null where it gave none. Keys of different tokens do not meet. */
export function idempotencyOf(request: FastifyRequest): Idempotency | null {
  const key = request.headers['idempotency-key'];
  if (typeof key !== 'string') return null;
  const body = createHash('sha256').update(bodyOf(request.body)).digest('base64url');
  return { key: `${request.caller ?? ''}/${key}`, call: `${request.method} ${request.url} ${body}` };
}

function bodyOf(body: unknown): string | Uint8Array {
  return body instanceof Uint8Array ? body : JSON.stringify(body ?? null);
}

export function keyUsedBefore(): ApiProblem {
  return new ApiProblem(
    409,
    'idempotency-key-used',
    'This Idempotency-Key was used for another call. Take a new key for a new call, and the same only to repeat one.',
    [{ field: 'idempotency-key', message: 'was used for another call' }],
  );
}
