import type Type from 'typebox';
import { compilePattern } from '@millrace/protocol/pattern';
import { conditionProblems } from './condition-problems.ts';
import type { StepBefore } from './condition-problems.ts';
import type { BuilderConfig, PlanInput } from './config.ts';
import type { ConfigProblem } from './config-problem.ts';
import { PropertyReference } from './late-value.ts';
import { patternOf } from './output-pattern.ts';
import { isRecord } from './refined-schema.ts';
import { schemaProblems, shown } from './schema-problems.ts';
import type { SecretConfig } from './secret-config.ts';
import { secretProblems } from './secret-problems.ts';
import { SecretReference } from './secret.ts';
import type { GivenStep } from './step-list.ts';
import {
  checkoutSchema,
  linkSchema,
  setPropertySchema,
  shArgumentsSchema,
  shLineSchema,
} from './step-schema.ts';

/** Whose step it is. */
interface StepOwner {
  readonly input: Pick<PlanInput, 'source'>;
  readonly builder: Pick<BuilderConfig, 'name' | 'trust'>;
  readonly secrets: readonly SecretConfig[];
}

/** What is wrong with one step by itself. Names and conditions are looked at by those who see all of them. */
export function stepProblems({ step, path }: GivenStep, owner: StepOwner): readonly ConfigProblem[] {
  const schema = isRecord(step) ? schemaOf(step) : undefined;
  if (!isRecord(step) || schema === undefined)
    return [
      {
        path,
        message: `expected a step, made by sh(...), checkout(...), setProperty(...) or link(...), got ${shown(step)}`,
      },
    ];
  const { kind, command } = step;
  if (command instanceof PropertyReference)
    return [
      {
        path: `${path}.command`,
        message: `a shell line is never made of properties: sh([..., property('${command.property}')]) takes it as an argument`,
      },
    ];
  if (
    listOf(command)
      .flat(2)
      .some((part) => part instanceof SecretReference)
  )
    return [
      {
        path: `${path}.command`,
        message:
          "a secret is never part of a command, which others on the machine can read: give it as { env: { NAME: secret('...') } }, and let the command take it from there",
      },
    ];
  const found = [...schemaProblems(schema, step, path)];
  found.push(...secretProblems(step['env'], `${path}.env`, owner.secrets, owner.builder));
  if (kind === 'checkout' && owner.input.source === null)
    found.push({
      path,
      message: `checkout() has nothing to check out: builder ${JSON.stringify(owner.builder.name)} has no repository`,
    });
  if (step['continueOnFailure'] === true && step['allowFailure'] === true)
    found.push({
      path: `${path}.allowFailure`,
      message: 'with continueOnFailure the build fails in the end, with allowFailure it does not: say one',
    });
  return [...found, ...patternProblems(step, path)];
}

/** What only the whole list shows: names that are there twice, conditions on what is not before them. */
export function listProblems(
  steps: readonly GivenStep[],
  named: readonly StepBefore[],
): readonly ConfigProblem[] {
  const first = new Map<unknown, string>();
  const found: ConfigProblem[] = [];
  for (const [index, { step, path }] of steps.entries()) {
    if (!isRecord(step)) continue;
    const { name, when, always } = step;
    const place = name === undefined ? undefined : first.get(name);
    if (place === undefined) first.set(name, path);
    else found.push({ path: `${path}.name`, message: `${shown(name)} is already the name of ${place}` });
    if (when !== undefined)
      found.push(
        ...conditionProblems(when, {
          path: `${path}.when`,
          before: named.slice(0, index),
          always: always === true,
        }),
      );
  }
  return found;
}

function schemaOf({ kind, command }: Readonly<Record<string, unknown>>): Type.TSchema | undefined {
  switch (kind) {
    case 'sh':
      return Array.isArray(command) ? shArgumentsSchema : shLineSchema;
    case 'checkout':
      return checkoutSchema;
    case 'set-property':
      return setPropertySchema;
    case 'link':
      return linkSchema;
    default:
      return undefined;
  }
}

/** Patterns that the engine of a worker does not take. */
function patternProblems(step: Readonly<Record<string, unknown>>, path: string): readonly ConfigProblem[] {
  const warns = listOf(step['warnOnOutput']).map((pattern) => [`${path}.warnOnOutput`, pattern] as const);
  const sets = listOf(step['setProperty']).map(
    (one) => [`${path}.setProperty`, isRecord(one) ? one['pattern'] : undefined] as const,
  );
  return [...warns, ...sets].flatMap(([place, given]) => {
    const pattern = patternOf(given);
    const made = pattern && compilePattern(pattern);
    return made?.kind === 'wrong'
      ? [{ path: place, message: `expected a pattern, but ${shown(pattern?.source)}: ${made.message}` }]
      : [];
  });
}

function listOf(value: unknown): readonly unknown[] {
  if (value === undefined) return [];
  return Array.isArray(value) ? value : [value];
}
