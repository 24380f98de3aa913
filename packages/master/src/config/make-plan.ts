import { defaultKillGraceMs, defaultLimits, defaultLogBytesMax, planBytesMax } from '@millrace/protocol/plan';
import type { Plan, PlannedLimits, PlannedSource, PlannedStep, Template } from '@millrace/protocol/plan';
import { canonicalJson, sha256 } from './canonical-json.ts';
import type { BuilderConfig, PlanInput } from './config.ts';
import type { ConfigProblem } from './config-problem.ts';
import { checkoutSchema, shArgumentsSchema, shLineSchema } from './definition-schema.ts';
import { PropertyReference } from './late-value.ts';
import type { Text } from './late-value.ts';
import { schemaProblems, shown } from './schema-problems.ts';
import { derivedStepName, uniqueStepName } from './step-name.ts';
import type { Limits, Step } from './step.ts';

/** The most steps that a build has. */
const stepsMax = 1000;

/** What a plan is made of besides its steps. */
export interface PlanParts {
  readonly input: PlanInput;
  readonly builder: BuilderConfig;
  readonly repositoryUrl: string | null;
  readonly env: Readonly<Record<string, Text>>;
  readonly lostAfterMs: number;
}

export type MadePlan =
  | { readonly kind: 'made'; readonly plan: Plan; readonly hash: string }
  | { readonly kind: 'problems'; readonly problems: readonly ConfigProblem[] };

/** Checks what a `steps` function gave, fills in what it did not say, and names and hashes the whole. */
export function makePlan(parts: PlanParts, given: unknown): MadePlan {
  if (!Array.isArray(given))
    return problems([{ path: 'steps', message: `expected a list of steps, got ${shown(given)}` }]);
  const list: readonly unknown[] = given;
  const found = list.flatMap((step, index) => stepProblems(step, `steps[${index}]`, parts));
  found.push(...doubleNames(list));
  const steps = list.filter(isStep);
  if (steps.length === 0 && found.length === 0)
    found.push({ path: 'steps', message: 'there is not one step' });
  if (steps.length > stepsMax)
    found.push({ path: 'steps', message: `expected at most ${stepsMax} steps, got ${steps.length}` });
  if (found.length > 0) return problems(found);
  const plan: Plan = {
    version: 1,
    ...sourceOf(parts),
    properties: propertiesOf(parts),
    env: templates(parts.env),
    trust: parts.builder.trust,
    steps: plannedSteps(steps),
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

function problems(found: readonly ConfigProblem[]): MadePlan {
  return { kind: 'problems', problems: found };
}

/** False, null and undefined are left out of a list of steps, so that a condition may stand in it. */
function isStep(value: unknown): value is Step {
  return value !== false && value !== null && value !== undefined;
}

function stepProblems(step: unknown, path: string, parts: PlanParts): ConfigProblem[] {
  if (!isStep(step)) return [];
  const kind: unknown = typeof step === 'object' ? Reflect.get(step, 'kind') : undefined;
  if (kind === 'checkout') {
    const wrong = [...schemaProblems(checkoutSchema, step, path)];
    if (parts.input.source === null)
      wrong.push({
        path,
        message: `checkout() has nothing to check out: builder ${JSON.stringify(parts.builder.name)} has no repository`,
      });
    return wrong;
  }
  if (kind !== 'sh')
    return [{ path, message: `expected a step, made by sh(...) or checkout(...), got ${shown(step)}` }];
  const command: unknown = Reflect.get(step, 'command');
  if (command instanceof PropertyReference)
    return [
      {
        path: `${path}.command`,
        message: `a shell line is never made of properties: sh([..., property('${command.property}')]) takes it as an argument`,
      },
    ];
  return [...schemaProblems(Array.isArray(command) ? shArgumentsSchema : shLineSchema, step, path)];
}

function doubleNames(list: readonly unknown[]): readonly ConfigProblem[] {
  const first = new Map<unknown, number>();
  const found: ConfigProblem[] = [];
  for (const [index, step] of list.entries()) {
    const name: unknown = typeof step === 'object' && step !== null ? Reflect.get(step, 'name') : undefined;
    if (name === undefined) continue;
    const place = first.get(name);
    if (place === undefined) first.set(name, index);
    else
      found.push({
        path: `steps[${index}].name`,
        message: `${shown(name)} is already the name of steps[${place}]`,
      });
  }
  return found;
}

function sourceOf(parts: PlanParts): { readonly source?: PlannedSource } {
  const { source } = parts.input;
  return source === null || parts.repositoryUrl === null
    ? {}
    : { source: { ...source, url: parts.repositoryUrl } };
}

/** The builder's, over them the buildset's, over them what is known of the build itself. */
function propertiesOf({ input, builder }: PlanParts): Plan['properties'] {
  return { ...builder.properties, ...input.properties, builder: input.builder, ...input.source };
}

function plannedSteps(steps: readonly Step[]): readonly PlannedStep[] {
  // Names that were given keep theirs; those made from commands make room.
  const taken = new Set(steps.flatMap((step) => step.name ?? []));
  return steps.map((step) => {
    const name = step.name ?? uniqueStepName(derivedStepName(step), taken);
    taken.add(name);
    return plannedStep(step, name);
  });
}

function plannedStep(step: Step, name: string): PlannedStep {
  const base = {
    name,
    limits: limitsOf(step.limits ?? {}),
    killGraceMs: step.killGraceMs ?? defaultKillGraceMs,
    logBytesMax: step.logBytesMax ?? defaultLogBytesMax,
    env: templates(step.env ?? {}),
    always: step.always ?? false,
    folder: step.folder ?? '',
    ...(step.visibility === 'private' && { visibility: step.visibility }),
  };
  if (step.kind === 'checkout') return { kind: 'checkout', ...base };
  const command =
    typeof step.command === 'string' ? { line: step.command } : { args: step.command.map(template) };
  return { kind: 'sh', ...base, command, separateStreams: step.separateStreams ?? false };
}

function limitsOf(given: Limits): PlannedLimits {
  const noOutputMs = given.noOutputMs === undefined ? defaultLimits.noOutputMs : given.noOutputMs;
  const totalMs = given.totalMs === undefined ? defaultLimits.totalMs : given.totalMs;
  return {
    ...(noOutputMs === null || noOutputMs === undefined ? {} : { noOutputMs }),
    ...(totalMs === null || totalMs === undefined ? {} : { totalMs }),
  };
}

function templates(env: Readonly<Record<string, Text>>): Readonly<Record<string, Template>> {
  return Object.fromEntries(Object.entries(env).map(([key, text]) => [key, template(text)]));
}

function template(text: Text): Template {
  if (typeof text === 'string') return text;
  const parts: readonly unknown[] = Array.isArray(text) ? text : [text];
  return parts.map((part) =>
    part instanceof PropertyReference ? { property: part.property } : String(part),
  );
}
