import { messageOf } from '@millrace/kernel/errors';
import { ApiProblem } from '../api-problem.ts';
import type { Api } from '../api.ts';

/**
 * Deliveries are taken as bytes, for a signature is of bytes; JSON, or a form as GitHub sends it on demand. Each
 * may be large, so only so many are read at once.
 */
export function takeDeliveries(api: Api, deliveriesMax: number): void {
  api.removeAllContentTypeParsers();
  api.addContentTypeParser(
    ['application/json', 'application/x-www-form-urlencoded'],
    { parseAs: 'buffer' },
    (_request, body, done) => done(null, body),
  );
  let reading = 0;
  api.addHook('onRequest', async (_request, reply) => {
    if (reading >= deliveriesMax) {
      reply.header('retry-after', 5);
      throw new ApiProblem(503, 'too-many-deliveries', 'Too many deliveries at once: send this one again.');
    }
    reading++;
    let isRead = false;
    const done = (): void => {
      if (!isRead) reading--;
      isRead = true;
    };
    reply.raw.once('finish', done).once('close', done);
  });
}

/** What a delivery whose signature holds says. @throws ApiProblem `malformed-json` 400 */
export function parsedDelivery(type: string | undefined, body: Uint8Array): unknown {
  const text = Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString('utf8');
  const isForm = /^application\/x-www-form-urlencoded\b/i.test(type ?? '');
  try {
    return JSON.parse(isForm ? (new URLSearchParams(text).get('payload') ?? '') : text);
  } catch (error) {
    throw new ApiProblem(400, 'malformed-json', `The delivery is no JSON: ${messageOf(error)}.`);
  }
}
