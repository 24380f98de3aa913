import { unreachable } from '@millrace/kernel/assert';
import { conditionDepthMax, conditionPartsMax, factNames, globLengthMax } from '@millrace/protocol/condition';
import type { Condition } from '@millrace/protocol/condition';
import { wrongWithGlob } from '@millrace/protocol/glob';
import type { OnFailure } from '@millrace/protocol/plan';
import { propertyName } from '@millrace/protocol/property';
import { results } from '@millrace/protocol/result';
import type { Result } from '@millrace/protocol/result';
import type { ConfigProblem } from './config-problem.ts';
import { suggestion } from './did-you-mean.ts';
import { isRecord } from './refined-schema.ts';
import { shown } from './schema-problems.ts';

/** The step that a condition belongs to. */
interface ConditionPlace {
  readonly path: string;
  readonly before: readonly StepBefore[];
  readonly always: boolean;
}

/** A step that comes before, as far as conditions ask for it. */
export interface StepBefore {
  readonly name: string;
  readonly onFailure: OnFailure;
}

/** What is wrong with a step's `when`; the first of it, for one mistake makes others. */
export function conditionProblems(when: unknown, place: ConditionPlace): readonly ConfigProblem[] {
  const parts = { left: conditionPartsMax };
  const message = wrongWith(when, place, conditionDepthMax, parts);
  if (message !== undefined) return [{ path: place.path, message }];
  if (!place.always && waitsForFailure(when as Condition, place.before))
    return [
      {
        path: place.path,
        message: 'this never holds: what waits for a failure needs always: true beside it',
      },
    ];
  return [];
}

/** Whether the condition, or a part of it, asks for the changed files. */
export function asksForFiles(condition: Condition): boolean {
  switch (condition.kind) {
    case 'changed-files':
      return true;
    case 'not':
      return asksForFiles(condition.of);
    case 'all':
    case 'any':
      return condition.of.some(asksForFiles);
    case 'value':
    case 'result':
      return false;
    default:
      return unreachable(condition);
  }
}

function wrongWith(
  given: unknown,
  place: ConditionPlace,
  depth: number,
  parts: { left: number },
): string | undefined {
  parts.left -= 1;
  if (depth === 0 || parts.left < 0)
    return `the condition has more than ${conditionPartsMax} parts, or more than ${conditionDepthMax} one in another`;
  const inner = (one: unknown): string | undefined => wrongWith(one, place, depth - 1, parts);
  if (isRecord(given)) {
    const { kind, of } = given;
    if (kind === 'not') return inner(of);
    if ((kind === 'all' || kind === 'any') && Array.isArray(of))
      return of.length === 0 ? `${kind}() needs a condition` : firstOf(of, inner);
    if (kind === 'value' && isRecord(of) && isRecord(given['test'])) return wrongWithValue(of, given['test']);
    if (kind === 'result' && Array.isArray(given['in']))
      return wrongWithResult(given['step'], given['in'], place);
    if (kind === 'changed-files' && Array.isArray(given['globs'])) return wrongWithGlobs(given['globs']);
  }
  return `expected a condition, such as property('x').is('y') or changedFiles.match('docs/**'), got ${shown(given)}`;
}

function wrongWithValue(
  of: Readonly<Record<string, unknown>>,
  test: Readonly<Record<string, unknown>>,
): string | undefined {
  const { kind, name } = of;
  if (kind === 'property' && !(typeof name === 'string' && propertyName.test(name)))
    return `expected the name of a property, got ${shown(name)}`;
  if (kind === 'fact' && !factNames.some((known) => known === name))
    return `there is no fact ${shown(name)} of a worker${suggestion(String(name), factNames)}`;
  if (kind === 'tool' && typeof name !== 'string') return `expected the name of a tool, got ${shown(name)}`;
  if (Array.isArray(test['globs'])) return wrongWithGlobs(test['globs']);
  if (Array.isArray(test['values'])) {
    if (test['values'].length === 0) return 'is() needs a value';
    return firstOf(test['values'], (value) =>
      ['string', 'number', 'boolean'].includes(typeof value)
        ? undefined
        : `expected text, a number, true or false, got ${shown(value)}`,
    );
  }
  return undefined;
}

function wrongWithResult(
  step: unknown,
  wanted: readonly unknown[],
  { before }: ConditionPlace,
): string | undefined {
  const names = before.map(({ name }) => name);
  if (step !== null && typeof step !== 'string') return `expected the name of a step, got ${shown(step)}`;
  if (step !== null && !names.includes(step))
    return `there is no step ${shown(step)} before this one${suggestion(step, names)}`;
  if (wanted.length === 0) return 'is() needs a result';
  return firstOf(wanted, (one) =>
    results.some((known) => known === one)
      ? undefined
      : `expected one of ${results.join(', ')}, got ${shown(one)}`,
  );
}

function wrongWithGlobs(globs: readonly unknown[]): string | undefined {
  if (globs.length === 0) return 'it needs a glob';
  return firstOf(globs, (glob) => {
    if (typeof glob !== 'string') return `expected a glob, got ${shown(glob)}`;
    if (glob.length > globLengthMax) return `a glob has at most ${globLengthMax} characters`;
    const wrong = wrongWithGlob(glob);
    return wrong === undefined ? undefined : `expected a glob, but ${wrong}: ${shown(glob)}`;
  });
}

function firstOf(list: readonly unknown[], wrong: (one: unknown) => string | undefined): string | undefined {
  for (const one of list) {
    const message = wrong(one);
    if (message !== undefined) return message;
  }
  return undefined;
}

/** Without `always` it is asked only while nothing has stopped the build. */
function waitsForFailure(condition: Condition, before: readonly StepBefore[]): boolean {
  if (condition.kind === 'all') return condition.of.some((one) => waitsForFailure(one, before));
  if (condition.kind !== 'result') return false;
  if (condition.in.some((one) => !bad.has(one))) return false;
  if (!condition.in.includes('failure')) return true;
  // Of the build, an allowed failure makes no failure.
  return condition.step === null
    ? !before.some(({ onFailure }) => onFailure === 'continue')
    : before.some(({ name, onFailure }) => name === condition.step && onFailure === 'stop');
}

const bad: ReadonlySet<Result> = new Set(['failure', 'exception', 'cancelled']);
