import { planBytesMax } from '@millrace/protocol/plan';
import type { Plan, PlannedSource } from '@millrace/protocol/plan';
import { canonicalJson, sha256 } from './canonical-json.ts';
import { asksForFiles } from './condition-problems.ts';
import type { BuilderConfig, PlanInput } from './config.ts';
import type { ConfigProblem } from './config-problem.ts';
import { plannedSource } from './planned-source.ts';
import { onFailureOf, plannedStep, templates } from './planned-step.ts';
import { isRecord } from './refined-schema.ts';
import { shown } from './schema-problems.ts';
import type { SecretConfig } from './secret-config.ts';
import { secretProblems, secretsIn } from './secret-problems.ts';
import type { EnvironmentText } from './secret.ts';
import type { RepositoryConfig } from './source-config.ts';
import { flatSteps } from './step-list.ts';
import type { GivenStep } from './step-list.ts';
import { derivedStepName, uniqueStepName } from './step-name.ts';
import { listProblems, stepProblems } from './step-problems.ts';
import type { Step } from './step.ts';

/** The most steps that a build has. */
const stepsMax = 1000;

/** What a plan is made of besides its steps. */
export interface PlanParts {
  readonly input: PlanInput;
  readonly builder: BuilderConfig;
  readonly repository: Pick<RepositoryConfig, 'name' | 'kind' | 'url' | 'credentials'> | null;
  readonly secrets: readonly SecretConfig[];
  readonly env: Readonly<Record<string, EnvironmentText>>;
  readonly lostAfterMs: number;
}

export type MadePlan =
  | { readonly kind: 'made'; readonly plan: Plan; readonly hash: string }
  | { readonly kind: 'problems'; readonly problems: readonly ConfigProblem[] };

/** Checks what a `steps` function gave, fills in what it did not say, and names and hashes the whole. */
export function makePlan(parts: PlanParts, given: unknown): MadePlan {
  if (!Array.isArray(given))
    return problems([{ path: 'steps', message: `expected a list of steps, got ${shown(given)}` }]);
  const list = flatSteps(given);
  if (list.length === 0) return problems([{ path: 'steps', message: 'there is not one step' }]);
  if (list.length > stepsMax)
    return problems([{ path: 'steps', message: `expected at most ${stepsMax} steps, got ${list.length}` }]);
  const wrong = list.flatMap((one) => stepProblems(one, parts));
  // Names are made of what the steps run: where that is wrong, only those that were given are known.
  const steps = list.map(({ step }) => step as Step);
  const names = wrong.length === 0 ? namesOf(steps) : givenNames(list);
  const named = names.map((name, index) => ({ name, onFailure: onFailureOf(steps[index] ?? {}) }));
  const own = secretProblems(parts.env, 'env', parts.secrets, parts.builder);
  const found = [...own, ...wrong, ...listProblems(list, named)];
  if (found.length > 0) return problems(found);
  const plan: Plan = {
    version: 1,
    ...sourceOf(parts),
    properties: propertiesOf(parts),
    env: templates(parts.env),
    trust: parts.builder.trust,
    ...secretsOf(parts, steps),
    ...changedFilesOf(parts, steps),
    steps: steps.map((step, index) => plannedStep(step, names[index] ?? '')),
    onSilence: parts.builder.onSilence,
    lostAfterMs: parts.lostAfterMs,
  };
  const json = canonicalJson(plan);
  if (Buffer.byteLength(json) > planBytesMax)
    return problems([
      {
        path: 'steps',
        message: `the steps have ${Buffer.byteLength(json)} bytes as JSON, more than ${planBytesMax}`,
      },
    ]);
  return { kind: 'made', plan, hash: sha256(json) };
}

function givenNames(list: readonly GivenStep[]): readonly string[] {
  return list.map(({ step }) => (isRecord(step) && typeof step['name'] === 'string' ? step['name'] : ''));
}

function problems(found: readonly ConfigProblem[]): MadePlan {
  return { kind: 'problems', problems: found };
}

function sourceOf(parts: PlanParts): { readonly source?: PlannedSource } {
  const { source } = parts.input;
  return source === null || parts.repository === null
    ? {}
    : { source: plannedSource(source, parts.repository) };
}

/** Names of all secrets that a worker needs for the build: those of its steps, and of its repository. */
function secretsOf(parts: PlanParts, steps: readonly Step[]): Pick<Plan, 'secrets'> {
  const environments = [parts.env, ...steps.map((step) => ('env' in step ? step.env : undefined))];
  const credentials = steps.some(({ kind }) => kind === 'checkout')
    ? sourceOf(parts).source?.credentials
    : undefined;
  const names = new Set([
    ...environments.flatMap((env) => secretsIn(env)),
    ...(credentials === undefined ? [] : [credentials.secret]),
  ]);
  return names.size === 0 ? {} : { secrets: [...names].sort() };
}

/** The builder's, over them the buildset's, over them what is known of the build itself. */
function propertiesOf({ input, builder }: PlanParts): Plan['properties'] {
  return { ...builder.properties, ...input.properties, builder: input.builder, ...input.source };
}

/** Names that were given keep theirs; those made from commands make room. */
function namesOf(steps: readonly Step[]): readonly string[] {
  const taken = new Set(steps.flatMap((step) => step.name ?? []));
  return steps.map((step) => {
    const name = step.name ?? uniqueStepName(derivedStepName(step), taken);
    taken.add(name);
    return name;
  });
}

/** Only where a condition asks for them: a plan is the same for all changes that it does not ask about. */
function changedFilesOf({ input }: PlanParts, steps: readonly Step[]): Pick<Plan, 'changedFiles'> {
  const asked = steps.some(({ when }) => when !== undefined && asksForFiles(when));
  return asked && input.changedFiles ? { changedFiles: input.changedFiles } : {};
}
