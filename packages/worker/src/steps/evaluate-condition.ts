import { unreachable } from '@millrace/kernel/assert';
import type { ChangedFiles, Condition, ConditionValue, ValueTest } from '@millrace/protocol/condition';
import { matchesGlob } from '@millrace/protocol/glob';
import type { PropertyValue } from '@millrace/protocol/property';
import type { Result } from '@millrace/protocol/result';

/** What conditions are about, as it stands when a step's turn comes. */
export interface ConditionScene {
  value(of: ConditionValue): PropertyValue | undefined;
  /** Of an earlier step by its name; null: of the build so far. Undefined: there is no such step before. */
  result(step: string | null): Result | undefined;
  /** Undefined: nobody told. */
  readonly changedFiles: ChangedFiles | undefined;
}

export interface Answer {
  readonly holds: boolean | 'unknown';
  /** A sentence for people that says why it holds, or why not. */
  readonly why: string;
}

/**
 * Logic of three values (Kleene's): `not` of what is unknown is unknown, `all` is false as soon as one part is, `any`
 * is true as soon as one part is.
 */
export function evaluateCondition(condition: Condition, scene: ConditionScene): Answer {
  switch (condition.kind) {
    case 'all':
      return decide(condition.of, scene, false);
    case 'any':
      return decide(condition.of, scene, true);
    case 'not': {
      const { holds, why } = evaluateCondition(condition.of, scene);
      return { holds: holds === 'unknown' ? 'unknown' : !holds, why };
    }
    case 'value':
      return testValue(condition.of, condition.test, scene.value(condition.of));
    case 'result': {
      const result = scene.result(condition.step);
      const holds = result !== undefined && condition.in.includes(result);
      const who = condition.step === null ? 'The build' : `The step "${condition.step}"`;
      const is = condition.step === null ? 'would end now as' : 'ended as';
      return {
        holds,
        why: `${who} ${is} ${result ?? 'nothing'}${holds ? '' : `, not ${either(condition.in)}`}.`,
      };
    }
    case 'changed-files':
      return testFiles(condition.files, condition.globs, scene.changedFiles);
    default:
      return unreachable(condition);
  }
}

/** `all` is decided by the first part that is false, `any` by the first that is true. */
function decide(parts: readonly Condition[], scene: ConditionScene, by: boolean): Answer {
  const answers = parts.map((part) => evaluateCondition(part, scene));
  const deciding = answers.find(({ holds }) => holds === by);
  if (deciding !== undefined) return deciding;
  const unknown = answers.find(({ holds }) => holds === 'unknown');
  if (unknown !== undefined) return unknown;
  return { holds: !by, why: answers.map(({ why }) => why).join(' ') };
}

function testValue(of: ConditionValue, test: ValueTest, value: PropertyValue | undefined): Answer {
  const who = nameOf(of);
  if (value === undefined) return { holds: false, why: `${who} is ${absent(of)}.` };
  switch (test.kind) {
    case 'set':
      return { holds: true, why: `${who} is ${shown(value)}.` };
    case 'is': {
      const holds = test.values.some((one) => String(one) === String(value));
      return {
        holds,
        why: `${who} is ${shown(value)}${holds ? '' : `, not ${either(test.values.map(shown))}`}.`,
      };
    }
    case 'like': {
      const glob = test.globs.find((one) => matchesGlob(one, String(value)));
      if (glob !== undefined)
        return { holds: true, why: `${who} is ${shown(value)}, which is like ${glob}.` };
      return { holds: false, why: `${who} is ${shown(value)}, which is not like ${either(test.globs)}.` };
    }
    default:
      return unreachable(test);
  }
}

function testFiles(
  which: 'some' | 'every',
  globs: readonly string[],
  changed: ChangedFiles | undefined,
): Answer {
  if (changed === undefined) return { holds: 'unknown', why: 'It is not known which files changed.' };
  const like = (file: string): boolean => globs.some((glob) => matchesGlob(glob, file));
  const wanted = which === 'some';
  // The one file that decides: like one of the globs, or not like any.
  const deciding = changed.files.find((file) => like(file) === wanted);
  if (deciding !== undefined) {
    const is = wanted ? 'is like one of' : 'is not like';
    return { holds: wanted, why: `${shown(deciding)} was changed, and ${is} ${either(globs)}.` };
  }
  if (!changed.complete) return { holds: 'unknown', why: 'More files changed than the plan names.' };
  const all = `the ${changed.files.length} changed files`;
  return wanted
    ? { holds: false, why: `None of ${all} is like ${either(globs)}.` }
    : { holds: true, why: `Each of ${all} is like ${either(globs)}.` };
}

function nameOf(of: ConditionValue): string {
  switch (of.kind) {
    case 'property':
      return `The property "${of.name}"`;
    case 'fact':
      return `The worker's ${of.name === 'os' ? 'operating system' : of.name === 'worker' ? 'name' : of.name}`;
    case 'tool':
      return `The worker's ${of.name}`;
    default:
      return unreachable(of);
  }
}

function absent(of: ConditionValue): string {
  return of.kind === 'property' ? 'not set' : of.kind === 'tool' ? 'not there' : 'not known';
}

const shownLengthMax = 80;

function shown(value: PropertyValue): string {
  const text = JSON.stringify(value);
  return text.length > shownLengthMax ? `${text.slice(0, shownLengthMax - 3)}...` : text;
}

function either(list: readonly (string | PropertyValue)[]): string {
  return list.slice(0, 5).join(' or ') + (list.length > 5 ? ' ...' : '');
}
