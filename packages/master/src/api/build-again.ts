import { BuildPlan } from '@millrace/protocol/api/build-plan';
import { FirstErrors } from '@millrace/protocol/api/build-errors';
import type { Plan } from '@millrace/protocol/plan';
import type { FirstErrorsReader } from '../logs/first-errors.ts';
import { readPlan } from '../store/operations/read-plan.ts';
import type { Store } from '../store/store.ts';
import { answers } from './answers.ts';
import { ApiProblem, unknownNumber } from './api-problem.ts';
import type { Api } from './api.ts';
import { shownStepsOf } from './builds.ts';
import { emptyBody, idParams } from './route-params.ts';

export interface BuildAgainParts {
  readonly store: Store;
  readonly errors: FirstErrorsReader;
}

/** Why a build failed, and what it takes to see it fail again. */
export function buildAgainRoutes(api: Api, { store, errors }: BuildAgainParts): void {
  api.get(
    '/builds/:id/errors',
    {
      config: { access: 'public' },
      schema: {
        tags: ['builds'],
        summary: 'Why a build failed',
        description:
          'The first error lines of the first step that failed, lifted out of its logs. A guess by what compilers and test runners are known to print; the log has the rest.',
        params: idParams,
        querystring: emptyBody,
        response: answers({ 200: FirstErrors }, 404),
      },
    },
    async ({ params, viewer }) => {
      const steps = await shownStepsOf(store, viewer, params.id);
      if (!steps) throw unknownNumber('build', params.id);
      return errors.read(steps);
    },
  );

  api.get(
    '/builds/:id/plan',
    {
      config: { access: 'read' },
      schema: {
        tags: ['builds'],
        summary: 'What a build was told to do',
        description:
          'Its plan as it was stored when the build was given out: `millrace reproduce` runs it elsewhere.',
        params: idParams,
        querystring: emptyBody,
        response: answers({ 200: BuildPlan }, 404),
      },
    },
    async ({ params }) => {
      const stored = await store.do(readPlan, { build: params.id });
      if (!stored) throw unknownNumber('build', params.id);
      const { plan, ...rest } = stored;
      if (plan === undefined)
        throw new ApiProblem(
          404,
          'plan-removed',
          `The plan of build ${params.id} is not kept any more: it was too old.`,
        );
      return { build: params.id, ...rest, plan: { ...withoutCredentials(plan) } };
    },
  );
}

/** A URL in a config may hold a name and a password: whoever reads a plan is not to have them. */
function withoutCredentials(plan: Plan): Plan {
  if (plan.source === undefined) return plan;
  return { ...plan, source: { ...plan.source, url: plan.source.url.replace(/\/\/[^/@]*@/, '//') } };
}
