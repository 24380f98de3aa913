import type { Condition, ConditionValue, FactName } from '@millrace/protocol/condition';
import type { PropertyValue } from '@millrace/protocol/property';
import type { Result } from '@millrace/protocol/result';

/** What conditions can be asked of a value. One that is not there is like nothing and equal to nothing. */
export interface Testable {
  /** It is one of these. Compared as text: `is(true)` holds for `'true'` too. */
  readonly is: (...values: readonly PropertyValue[]) => Condition;
  /** It is like one of these globs: `property('branch').isLike('release/**')`. */
  readonly isLike: (...globs: readonly string[]) => Condition;
  readonly isSet: () => Condition;
}

export function conditionsOn(of: ConditionValue): Testable {
  return {
    is: (...values) => ({ kind: 'value', of, test: { kind: 'is', values } }),
    isLike: (...globs) => ({ kind: 'value', of, test: { kind: 'like', globs } }),
    isSet: () => ({ kind: 'value', of, test: { kind: 'set' } }),
  };
}

/**
 * The files that the change touched that is built. Globs: `*` and `?` for anything but `/`, `**` for anything,
 * `{a,b}` for either. Where nobody knows which files changed (a build that a person asked for, say), neither holds nor
 * does not hold what is asked of them, and the step runs.
 */
export const changedFiles = {
  /** One of them is like one of the globs: `when: changedFiles.match('docs/**', '*.md')`. */
  match: (...globs: readonly string[]): Condition => ({ kind: 'changed-files', files: 'some', globs }),
  /** Each of them is like one of the globs: `when: not(changedFiles.only('docs/**'))`. */
  only: (...globs: readonly string[]): Condition => ({ kind: 'changed-files', files: 'every', globs }),
} as const;

/** What an earlier step of the same build ended as, `skipped` too. */
export function stepResult(name: string): ResultTestable {
  return { is: (...results) => ({ kind: 'result', step: name, in: results }) };
}

/** What the build would end as now. A step that waits for `failure` needs `always: true`. */
export function buildResult(): ResultTestable {
  return { is: (...results) => ({ kind: 'result', step: null, in: results }) };
}

export interface ResultTestable {
  readonly is: (...results: readonly Result[]) => Condition;
}

/** What the worker that runs the build tells about itself: `workerFact('os').is('linux')`. */
export function workerFact(name: FactName): Testable {
  return conditionsOn({ kind: 'fact', name });
}

/** The version of a tool that the worker found: `workerTool('node').isLike('24.*')`, `workerTool('hg').isSet()`. */
export function workerTool(name: string): Testable {
  return conditionsOn({ kind: 'tool', name });
}

/** Each of them holds. */
export function all(...of: readonly Condition[]): Condition {
  return { kind: 'all', of };
}

/** One of them holds. */
export function any(...of: readonly Condition[]): Condition {
  return { kind: 'any', of };
}

/** It does not hold. */
export function not(of: Condition): Condition {
  return { kind: 'not', of };
}
