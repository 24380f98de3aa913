import { codeOf, messageOf } from '@millrace/kernel/errors';
import { listOf } from '@millrace/protocol/api/common';
import { Generation, Reload, Reloaded } from '@millrace/protocol/api/configs';
import Type from 'typebox';
import type { ConfigProblem } from '../config/config-problem.ts';
import type { ReloadAnswer } from '../reloading/reloader.ts';
import { listGenerations } from '../store/operations/generations.ts';
import type { Api, ApiParts } from './api.ts';
import { answers } from './answers.ts';
import { ApiProblem } from './api-problem.ts';
import { pageInOrder, pageQuery } from './list-page.ts';
import { mustBeHere, mustKnowMaster } from './known-master.ts';
import { emptyBody, nameParams } from './route-params.ts';

type Listed = Generation & { readonly id: number };
type Parts = Pick<ApiParts, 'store' | 'master' | 'reload'>;

/** `/masters/{name}/generations` and `/masters/{name}/reload`: the configs that were in force, and the next one. */
export function generationRoutes(api: Api, { store, master, reload }: Parts): void {
  api.get(
    '/masters/:name/generations',
    {
      config: { access: 'read' },
      schema: {
        tags: ['masters'],
        summary: 'The configs that a master had in force, newest first',
        description: 'Each with what it changed. A build names the one that planned it.',
        params: nameParams,
        querystring: Type.Object(pageQuery, { additionalProperties: false }),
        response: answers({ 200: listOf(Generation) }, 404, 410),
      },
    },
    async ({ params, query }) => {
      await mustKnowMaster(store, master, params.name);
      const page = await pageInOrder<never, Listed>(store.epoch, 'generations', query, ({ after }, limit) =>
        store.do(listGenerations, { master: params.name, before: after?.id, limit }),
      );
      return { ...page, items: page.items.map(({ id: _place, ...generation }) => generation) };
    },
  );

  api.post(
    '/masters/:name/reload',
    {
      config: { access: 'admin' },
      schema: {
        tags: ['masters'],
        summary: 'Read the config again',
        description:
          'It comes into force as a whole, or not at all: one with a mistake changes nothing, and the answer says where it is and what is wrong. Builds that run are not touched. With `dryRun` nothing comes into force.',
        params: nameParams,
        querystring: emptyBody,
        body: Reload,
        response: answers({ 200: Reloaded }, 404, 409, 503),
      },
    },
    async ({ params, body, caller }) => {
      await mustKnowMaster(store, master, params.name);
      mustBeHere(master, params.name, 'read its config again');
      const answer = await reload({ by: caller, dryRun: body.dryRun ?? false }).catch(refuseBusy);
      if (answer.kind === 'refused') throw refused(answer);
      return answer;
    },
  );
}

function refuseBusy(thrown: unknown): never {
  if (codeOf(thrown) === 'reload-busy') throw new ApiProblem(503, 'reload-busy', messageOf(thrown));
  throw thrown;
}

function refused(answer: Extract<ReloadAnswer, { kind: 'refused' }>): ApiProblem {
  const { code, file, problems } = answer;
  const count = problems.length === 1 ? 'a problem' : `${problems.length} problems`;
  return new ApiProblem(
    409,
    code,
    `Nothing was changed: ${file} has ${count}.`,
    problems.map((problem) => ({ field: placeOf(problem), message: problem.message })),
  );
}

/** `builders[2].workers[0]`, or `FILE:LINE:COLUMN` where that is what is known. */
function placeOf({ path, file, line, column }: ConfigProblem): string {
  if (path !== '' || file === undefined) return path;
  return [file, line, column].filter((part) => part !== undefined).join(':');
}
