import type { ChangedFiles, Condition, ValueTest } from '@millrace/protocol/condition';
import type { PropertyValue } from '@millrace/protocol/property';
import type { Result } from '@millrace/protocol/result';
import { describe, expect, test } from 'vitest';
import { evaluateCondition } from './evaluate-condition.ts';

const properties: Readonly<Record<string, PropertyValue>> = { branch: 'release/1.2', jobs: 4, fast: true };
const results: Readonly<Record<string, Result>> = { unit: 'failure', docs: 'skipped' };

function asked(condition: Condition, changedFiles?: ChangedFiles) {
  return evaluateCondition(condition, {
    value: (of) => (of.kind === 'property' ? properties[of.name] : undefined),
    result: (step) => (step === null ? 'warnings' : results[step]),
    changedFiles,
  });
}

const value = (name: string, given: ValueTest): Condition => ({
  kind: 'value',
  of: { kind: 'property', name },
  test: given,
});
const is = (name: string, ...values: readonly PropertyValue[]): Condition =>
  value(name, { kind: 'is', values });
const files = (which: 'some' | 'every', ...globs: readonly string[]): Condition => ({
  kind: 'changed-files',
  files: which,
  globs,
});
const not = (of: Condition): Condition => ({ kind: 'not', of });
const result = (step: string | null, ...wanted: readonly Result[]): Condition => ({
  kind: 'result',
  step,
  in: wanted,
});

const yes = is('fast', true);
const no = is('fast', false);
const unknown = files('some', '*');

describe('a condition', () => {
  test.each<[string, Condition, boolean | 'unknown', string]>([
    ['on a number, as text', is('jobs', '4'), true, 'The property "jobs" is 4.'],
    ['on one of several', is('jobs', 1, 2), false, 'The property "jobs" is 4, not 1 or 2.'],
    ['on what is not there', is('size', 1), false, 'The property "size" is not set.'],
    ['that it is there', value('jobs', { kind: 'set' }), true, 'The property "jobs" is 4.'],
    [
      'that it is like a glob',
      value('branch', { kind: 'like', globs: ['main', 'release/*'] }),
      true,
      'The property "branch" is "release/1.2", which is like release/*.',
    ],
    [
      'that it is like no glob',
      value('branch', { kind: 'like', globs: ['main'] }),
      false,
      'The property "branch" is "release/1.2", which is not like main.',
    ],
    ['on a step', result('unit', 'failure'), true, 'The step "unit" ended as failure.'],
    ['on a skipped step', result('docs', 'success'), false, 'The step "docs" ended as skipped, not success.'],
    ['on the build', result(null, 'failure'), false, 'The build would end now as warnings, not failure.'],
    ['turned round', not(result('unit', 'failure')), false, 'The step "unit" ended as failure.'],
    [
      'on a worker that told nothing',
      { kind: 'value', of: { kind: 'fact', name: 'image' }, test: { kind: 'set' } },
      false,
      "The worker's image is not known.",
    ],
  ])('%s', (_name, condition, holds, why) => {
    expect(asked(condition)).toEqual({ holds, why });
  });

  test.each<[string, Condition, boolean | 'unknown']>([
    ['all of true and unknown is unknown', { kind: 'all', of: [yes, unknown] }, 'unknown'],
    ['all of false and unknown is false', { kind: 'all', of: [unknown, no] }, false],
    ['all of true is true', { kind: 'all', of: [yes, yes] }, true],
    ['any of true and unknown is true', { kind: 'any', of: [unknown, yes] }, true],
    ['any of false and unknown is unknown', { kind: 'any', of: [no, unknown] }, 'unknown'],
    ['any of false is false', { kind: 'any', of: [no, no] }, false],
    ['not of unknown is unknown', not(unknown), 'unknown'],
  ])('of several: %s', (_name, condition, holds) => {
    expect(asked(condition).holds).toBe(holds);
  });

  test.each<[string, Condition, ChangedFiles, boolean | 'unknown']>([
    ['one is like it', files('some', 'docs/**'), { files: ['a.c', 'docs/x'], complete: true }, true],
    ['none is like it', files('some', 'docs/**'), { files: ['a.c'], complete: true }, false],
    [
      'none that is told is like it',
      files('some', 'docs/**'),
      { files: ['a.c'], complete: false },
      'unknown',
    ],
    ['each is like one', files('every', 'docs/**', '*.md'), { files: ['a.md'], complete: true }, true],
    ['one is not', files('every', 'docs/**'), { files: ['docs/x', 'a.c'], complete: false }, false],
    ['each that is told is', files('every', 'docs/**'), { files: ['docs/x'], complete: false }, 'unknown'],
  ])('on changed files: %s', (_name, condition, changed, holds) => {
    expect(asked(condition, changed).holds).toBe(holds);
  });
});
