import Type from 'typebox';
import { listOf } from '@millrace/protocol/api/common';
import { HoldReason, ResumeScheduler } from '@millrace/protocol/api/holds';
import { Scheduler } from '@millrace/protocol/api/schedulers';
import { holdScheduler, listSchedulerStates } from '../store/operations/scheduler-holds.ts';
import type { HoldSchedulerInput } from '../store/operations/scheduler-holds.ts';
import type { Api, ApiParts } from './api.ts';
import { answers } from './answers.ts';
import { idempotencyOf, keyUsedBefore } from './idempotency-key.ts';
import { sorted, sortQuery } from './list-order.ts';
import { pageOfAll, pageQuery } from './list-page.ts';
import { emptyBody, nameParams } from './route-params.ts';
import { unknownName } from './unknown-name.ts';

const schedulersQuery = Type.Object(
  {
    repository: Type.Optional(Type.String({ description: 'That watches this repository' })),
    builder: Type.Optional(Type.String({ description: 'That builds with this builder' })),
    held: Type.Optional(Type.Boolean({ description: 'Whether somebody has paused it' })),
    ...pageQuery,
    sort: sortQuery(['name', 'priority'], "in the config's order"),
  },
  { additionalProperties: false },
);

type SchedulerParts = Pick<ApiParts, 'store' | 'config'>;

/** `/schedulers`: what the config builds by itself, and stopping it for a while. */
export function schedulerRoutes(api: Api, parts: SchedulerParts): void {
  const { store } = parts;
  const hold = async (input: HoldSchedulerInput): Promise<Scheduler> => {
    await schedulerNamed(parts, input.scheduler);
    const done = await store.do(holdScheduler, input);
    if (done.kind === 'conflict') throw keyUsedBefore();
    return schedulerNamed(parts, input.scheduler);
  };

  api.get(
    '/schedulers',
    {
      config: { access: 'read' },
      schema: {
        tags: ['schedulers'],
        summary: "Schedulers, in the config's order",
        description: 'What makes them build, what they build, and how far they have come.',
        querystring: schedulersQuery,
        response: answers({ 200: listOf(Scheduler) }, 410),
      },
    },
    async ({ query }) => {
      const wanted = (one: Scheduler): boolean =>
        (query.repository === undefined || query.repository === one.repository) &&
        (query.builder === undefined || one.builders.includes(query.builder)) &&
        (query.held === undefined || query.held === (one.hold !== null));
      const schedulers = (await allSchedulers(parts)).filter(wanted);
      return pageOfAll(store.epoch, 'schedulers', query, sorted(schedulers, query.sort));
    },
  );

  api.get(
    '/schedulers/:name',
    {
      config: { access: 'read' },
      schema: {
        tags: ['schedulers'],
        summary: 'One scheduler',
        description: 'What it has decided: `/buildsets?scheduler=`.',
        params: nameParams,
        querystring: emptyBody,
        response: answers({ 200: Scheduler }, 404),
      },
    },
    async ({ params }) => schedulerNamed(parts, params.name),
  );

  api.post(
    '/schedulers/:name/pause',
    {
      config: { access: 'write' },
      schema: {
        tags: ['schedulers'],
        summary: 'Let a scheduler decide nothing',
        description:
          'It stays so, over restarts, until somebody resumes it. Changes are still seen and kept.',
        params: nameParams,
        querystring: emptyBody,
        body: HoldReason,
        response: answers({ 200: Scheduler }, 404),
      },
    },
    (request) =>
      hold({
        scheduler: request.params.name,
        act: 'pause',
        reason: request.body.reason,
        by: request.caller,
        idempotency: idempotencyOf(request),
      }),
  );

  api.post(
    '/schedulers/:name/resume',
    {
      config: { access: 'write' },
      schema: {
        tags: ['schedulers'],
        summary: 'Let a scheduler decide again',
        description: 'It begins with the changes that came meanwhile, or passes over them with `skip`.',
        params: nameParams,
        querystring: emptyBody,
        body: ResumeScheduler,
        response: answers({ 200: Scheduler }, 404),
      },
    },
    (request) =>
      hold({
        scheduler: request.params.name,
        act: 'resume',
        reason: request.body.reason ?? '',
        skip: request.body.skip ?? false,
        by: request.caller,
        idempotency: idempotencyOf(request),
      }),
  );
}

/** @throws ApiProblem `unknown-scheduler` 404, with the known ones. */
async function schedulerNamed(parts: SchedulerParts, name: string): Promise<Scheduler> {
  const all = await allSchedulers(parts);
  const found = all.find((scheduler) => scheduler.name === name);
  if (found) return found;
  throw unknownName(
    404,
    'scheduler',
    name,
    all.map((scheduler) => scheduler.name),
  );
}

async function allSchedulers({ store, config }: SchedulerParts): Promise<Scheduler[]> {
  const states = new Map((await store.do(listSchedulerStates, undefined)).map((one) => [one.name, one]));
  return config.get().schedulers.map(({ name, kind, repository, branches, builders, priority }) => {
    const state = states.get(name);
    return {
      name,
      kind,
      repository,
      branches: [...branches],
      builders: [...builders],
      priority,
      hold: state?.hold ? { state: 'paused', ...state.hold } : null,
      lastChange: state?.lastChange ?? null,
    };
  });
}
