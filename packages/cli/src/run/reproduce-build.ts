import process from 'node:process';
import { MillraceError } from '@millrace/kernel/errors';
import { readSecret } from '@millrace/master/config/read-secret';
import type { BuildPlan } from '@millrace/protocol/api/build-plan';
import type { BuildDetail } from '@millrace/protocol/api/builds';
import type { WorkerFacts } from '@millrace/protocol/agent/messages';
import type { Plan } from '@millrace/protocol/plan';
import { LocalBuild } from '@millrace/worker/local-build';
import type { ClientContext } from '../client/client-context.ts';
import { exitCodeOfResult } from '../client/exit-code.ts';
import type { ExitCode } from '../client/exit-code.ts';
import { findBuild } from '../client/find-build.ts';
import { printable } from '../client/printable.ts';
import { shellWord } from '../client/shell-word.ts';
import { UsageError } from '../client/usage-error.ts';
import { cacheFolder } from './cache-folder.ts';
import { differences } from './differences.ts';
import { factsHere } from './here.ts';
import { planHere } from './plan-here.ts';
import { recordedSource } from './recorded-source.ts';
import { orderOf, showOf } from './run-builder.ts';
import { runPlan } from './run-plan.ts';
import type { Ended } from './run-plan.ts';
import { secretsHere } from './secrets-here.ts';
import { openShell, surroundingsOf } from './step-shell.ts';

export interface ReproduceOptions {
  readonly all?: true;
  readonly source?: string;
  readonly data?: string;
  readonly shell?: true;
  readonly json?: true;
}

/**
 * `millrace reproduce`: runs the plan of a recorded build here, up to the step that failed there. Its result is the
 * exit code.
 */
export async function reproduceBuild(
  context: ClientContext,
  named: string,
  options: ReproduceOptions,
): Promise<ExitCode> {
  if (options.shell && !(context.stdout.isTerminal && process.stdin.isTTY))
    throw new UsageError('--shell opens a shell for a person: it wants a terminal.');
  const build = await findBuild(context.client, named);
  const recorded = planOf(await context.client.get<BuildPlan>(`/builds/${build.id}/plan`));
  const failed = build.steps.findIndex(({ result }) => result === 'failure' || result === 'exception');
  const source = recorded.source && recordedSource(recorded.source, options.source, process.cwd());
  const plan = planHere(recorded, {
    source,
    ...(options.all || failed === -1 ? {} : { until: failed }),
  });
  const secrets = secretsHere(plan.secrets ?? [], context.env, [], readSecret);
  const { client, env } = context;
  const data = options.data ?? cacheFolder('reproduce', build.builder, `${client.url} ${build.builder}`, env);
  const facts = await factsHere(data);
  context.note(differencesTold(build, facts));
  const place = { dataFolder: data, worker: build.worker, build: build.id };
  using here = LocalBuild.open(place);
  const order = { ...orderOf(build.builder, plan, secrets, facts), number: build.number };
  const folder = here.folderOf(order);
  context.note(`${printable(build.builder)}#${build.number} at ${revisionOf(plan)}, in ${printable(folder)}`);
  const ended = await runPlan(here, order, showOf(context, plan, options.json));
  context.note(verdict(build, failed, plan, ended));
  const step = plan.steps[ended.failedStep ?? plan.steps.length - 1];
  const surroundings = surroundingsOf(order, step, folder, build.id, build.worker);
  if (options.shell) openShell(surroundings);
  else context.note(`the folder stays for a look:  cd ${shellWord(surroundings.folder)}`);
  return exitCodeOfResult(ended.result);
}

/** @throws MillraceError `plan-unknown` for a plan that a later millrace has made. */
function planOf({ plan, build }: BuildPlan): Plan {
  if (plan['version'] !== 1 || !Array.isArray(plan['steps']))
    throw new MillraceError(
      'plan-unknown',
      `The plan of build ${build} is of a later version: run it with the millrace that its master is of.`,
    );
  return plan as unknown as Plan;
}

function differencesTold({ worker, workerFacts }: BuildDetail, here: WorkerFacts): string {
  if (workerFacts === null) return 'what machine the build ran on is not known';
  const lines = differences(workerFacts, here);
  if (lines.length === 0) return `this machine is like "${printable(worker)}", where it ran`;
  const head = `this machine is not "${printable(worker)}", where it ran:`;
  return [head, ...lines.map(printable)].join('\n  ');
}

function revisionOf({ source }: Plan): string {
  return source === undefined ? 'no revision' : source.revision.slice(0, 10);
}

/** Whether it is here as it was there. */
function verdict(build: BuildDetail, failedThere: number, plan: Plan, ended: Ended): string {
  const failedHere = plan.steps[ended.failedStep ?? -1]?.name;
  const there = build.steps[failedThere]?.name;
  if (ended.result === 'cancelled') return 'it was interrupted';
  if (failedHere === undefined)
    return there === undefined
      ? 'it succeeds here, too'
      : `it succeeds here: what made ${JSON.stringify(printable(there))} fail there is not in the plan, the revision or the properties`;
  if (failedHere === there)
    return `it fails here as it did there, in ${JSON.stringify(printable(failedHere))}`;
  const before =
    there === undefined ? 'and did not there' : `there it was ${JSON.stringify(printable(there))}`;
  return `here ${JSON.stringify(printable(failedHere))} fails; ${before}`;
}
