import type { FastifyRequest } from 'fastify';
import { HoldReason, ResumeReason } from '@millrace/protocol/api/holds';
import { Worker } from '@millrace/protocol/api/workers';
import { holdWorker } from '../store/operations/worker-holds.ts';
import type { HoldWorkerInput } from '../store/operations/worker-holds.ts';
import type { Api, ApiParts } from './api.ts';
import { answers } from './answers.ts';
import { idempotencyOf, keyUsedBefore } from './idempotency-key.ts';
import { emptyBody, nameParams } from './route-params.ts';
import { workerNamed } from './workers.ts';

const acts = [
  {
    act: 'pause',
    summary: 'Give a worker no new builds',
    description: 'What runs there goes on. It stays so, over restarts, until somebody resumes it.',
    body: HoldReason,
  },
  {
    act: 'drain',
    summary: 'Let a worker run dry',
    description:
      'It is given no new builds. When the last one there has ended, its `hold` is `drained` and an event `worker.drained` tells it: then it can be stopped.',
    body: HoldReason,
  },
  {
    act: 'resume',
    summary: 'Give a worker builds again',
    description: 'After a pause or a drain. One that takes builds already is answered alike.',
    body: ResumeReason,
  },
] as const;

/** `/workers/{name}/pause`, `drain` and `resume`: what people do about a machine. */
export function workerHoldRoutes(api: Api, parts: Pick<ApiParts, 'store' | 'config'>): void {
  const hold = async (
    request: FastifyRequest,
    asked: Pick<HoldWorkerInput, 'worker' | 'act' | 'reason'>,
  ): Promise<Worker> => {
    await workerNamed(parts, asked.worker);
    const done = await parts.store.do(holdWorker, {
      ...asked,
      by: request.caller,
      idempotency: idempotencyOf(request),
    });
    if (done.kind === 'conflict') throw keyUsedBefore();
    return workerNamed(parts, asked.worker);
  };

  for (const { act, summary, description, body } of acts) {
    api.post(
      `/workers/:name/${act}`,
      {
        config: { access: 'write' },
        schema: {
          tags: ['workers'],
          summary,
          description,
          params: nameParams,
          querystring: emptyBody,
          body,
          response: answers({ 200: Worker }, 404),
        },
      },
      (request) => hold(request, { worker: request.params.name, act, reason: request.body.reason ?? '' }),
    );
  }
}
