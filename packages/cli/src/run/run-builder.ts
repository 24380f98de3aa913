import path from 'node:path';
import process from 'node:process';
import { canonicalJson, sha256 } from '@millrace/master/config/canonical-json';
import type { BuilderConfig } from '@millrace/master/config/config';
import { readSecret } from '@millrace/master/config/read-secret';
import type { WorkerFacts } from '@millrace/protocol/agent/messages';
import type { Plan } from '@millrace/protocol/plan';
import { LocalBuild } from '@millrace/worker/local-build';
import type { LocalOrder } from '@millrace/worker/local-build';
import type { ClientSystem } from '../client/client-context.ts';
import { exitCodeOfResult } from '../client/exit-code.ts';
import type { ExitCode } from '../client/exit-code.ts';
import { wantsColour } from '../client/paint.ts';
import { printable } from '../client/printable.ts';
import { BuildPrinter } from './build-printer.ts';
import type { BuildShow } from './build-printer.ts';
import { cacheFolder } from './cache-folder.ts';
import { PlanningConfig } from './config-plan.ts';
import { factsHere } from './here.ts';
import { JsonPrinter } from './json-printer.ts';
import { planHere } from './plan-here.ts';
import { runPlan } from './run-plan.ts';
import { secretsHere } from './secrets-here.ts';
import { sourceHere } from './source-here.ts';
import type { SourceHere } from './source-here.ts';

export interface RunOptions {
  readonly config: string;
  readonly property?: Readonly<Record<string, string>>;
  readonly branch?: string;
  readonly step?: readonly string[];
  readonly from?: string;
  readonly inPlace?: true;
  readonly source?: string;
  readonly data?: string;
  readonly json?: true;
}

/** `millrace run`: plans a builder by the config, and runs it on this working copy. Its result is the exit code. */
export async function runBuilder(
  system: ClientSystem,
  named: string | undefined,
  options: RunOptions,
): Promise<ExitCode> {
  const note = (line: string): void => void system.stderr.write(`millrace: ${printable(line)}\n`);
  await using planning = await PlanningConfig.load(options.config, (text) => void system.stderr.write(text));
  const builder = planning.builder(named);
  const repository = planning.config.repositories.find(({ name }) => name === builder.repository);
  const configFile = path.resolve(options.config);
  const data =
    options.data ?? cacheFolder('run', path.basename(path.dirname(configFile)), configFile, system.env);
  const source = repository && sourceHere(repository, data, options);
  const made = await planning.plan({
    builder: builder.name,
    source: source === undefined ? null : plannedSource(builder, source, options.branch),
    properties: options.property ?? {},
  });
  const plan = planHere(made.plan, {
    source: source?.snapshot,
    ...(options.step === undefined ? {} : { only: options.step }),
    ...(options.from === undefined ? {} : { from: options.from }),
    ...(options.inPlace === undefined ? {} : { inPlace: true }),
  });
  const secrets = secretsHere(plan.secrets ?? [], system.env, planning.config.secrets, readSecret);
  using build = LocalBuild.open({
    dataFolder: data,
    worker: 'here',
    ...(options.inPlace === undefined ? {} : { inPlace: source?.top ?? process.cwd() }),
  });
  const order = orderOf(builder.name, plan, secrets, await factsHere(data));
  const folder = build.folderOf(order);
  note(whereAndWhat(builder.name, folder, source, options.inPlace));
  const ended = await runPlan(build, order, showOf(system, plan, options.json));
  if (ended.failedStep !== undefined && !options.inPlace) note(`it ran in ${folder}, which stays as it is`);
  return exitCodeOfResult(ended.result);
}

function plannedSource(builder: BuilderConfig, source: SourceHere, branch: string | undefined) {
  return {
    repository: source.repository,
    branch: branch ?? source.branch ?? builder.branch ?? source.defaultBranch,
    revision: source.revision,
  };
}

/** As a master would give it out. */
export function orderOf(
  builder: string,
  plan: Plan,
  secrets: Readonly<Record<string, string>>,
  facts: WorkerFacts,
): LocalOrder {
  return { builder, number: 1, plan, planHash: sha256(canonicalJson(plan)), facts, secrets };
}

function whereAndWhat(
  builder: string,
  folder: string,
  source: SourceHere | undefined,
  inPlace: true | undefined,
): string {
  if (source === undefined) return `"${builder}", in ${folder}`;
  if (inPlace) return `"${builder}" in place: ${folder}`;
  const changes = source.changed ? ', with what is not committed' : '';
  return `"${builder}" of ${source.top}${changes}, in ${folder}`;
}

export function showOf(system: ClientSystem, plan: Plan, json: true | undefined): BuildShow {
  return json
    ? new JsonPrinter(plan, system.stdout)
    : new BuildPrinter(plan, system.stdout, wantsColour(system.env, system.stdout));
}
