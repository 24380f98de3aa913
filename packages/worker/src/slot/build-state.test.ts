import { unreachable } from '@millrace/kernel/assert';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { beginBuild, onBuildInput } from './build-state.ts';
import type { BuildEffect, BuildInput, BuildState, PlannedLife, SoFar } from './build-state.ts';

const cancel: BuildInput = {
  type: 'stop',
  stop: { why: 'cancelled', reason: 'cancelled', message: 'Ann asked.' },
};
const ended = (result: 'success' | 'warnings' | 'failure' | 'exception'): BuildInput => ({
  type: 'step-ended',
  outcome: result === 'failure' ? { result, reason: 'timed-out', message: 'slow' } : { result },
});

/** A build whose steps are called `step 0`, `step 1` ... */
function lifeOf(
  steps: readonly Partial<PlannedLife['steps'][number]>[],
  whyNot: PlannedLife['whyNot'] = () => undefined,
): PlannedLife {
  return {
    steps: steps.map((one, index) => ({ name: `step ${index}`, always: false, ...one })),
    whyNot,
  };
}

function lived(life: PlannedLife, ...inputs: readonly BuildInput[]): readonly string[] {
  let { state, effects } = beginBuild(life);
  const said = effects.map(word);
  for (const input of inputs) {
    ({ state, effects } = onBuildInput(life, state, input));
    said.push(...effects.map(word));
  }
  return said;
}

const transcript = (always: readonly boolean[], ...inputs: readonly BuildInput[]): readonly string[] =>
  lived(lifeOf(always.map((one) => ({ always: one }))), ...inputs);

function word(effect: BuildEffect): string {
  switch (effect.do) {
    case 'run-step':
      return `run ${effect.step}`;
    case 'skip-step':
      return `skip ${effect.step}`;
    case 'finish':
      return [effect.ending.result, effect.ending.reason, effect.ending.message].filter(Boolean).join(' ');
    case 'stop-step':
    case 'abandon-step':
    case 'let-go':
      return effect.do;
    default:
      return unreachable(effect);
  }
}

describe('the life of a build', () => {
  test('runs its steps one after the other', () => {
    expect(transcript([false, false], ended('success'), ended('success'))).toEqual([
      'run 0',
      'run 1',
      'success',
    ]);
    expect(transcript([])).toEqual(['success']);
  });

  test('is as bad as its worst step, for that step’s reason', () => {
    expect(transcript([false, false], ended('warnings'), ended('success')).at(-1)).toBe('warnings');
    expect(transcript([false, true], ended('failure'), ended('success')).at(-1)).toBe(
      'failure timed-out slow',
    );
    expect(transcript([false, true], ended('failure'), ended('exception')).at(-1)).toBe('exception');
  });

  test('after a failure runs only what always runs', () => {
    expect(transcript([false, false, true, false], ended('failure'), ended('success'))).toEqual([
      'run 0',
      'skip 1',
      'run 2',
      'skip 3',
      'failure timed-out slow',
    ]);
  });

  test('goes on after a failure that the plan lets it go on after, and fails in the end', () => {
    expect(lived(lifeOf([{ onFailure: 'continue' }, {}]), ended('failure'), ended('success'))).toEqual([
      'run 0',
      'run 1',
      'failure timed-out slow',
    ]);
    expect(lived(lifeOf([{ onFailure: 'continue' }, {}]), ended('exception')).slice(1)).toEqual([
      'skip 1',
      'exception',
    ]);
  });

  test('has warnings after a failure that the plan allows', () => {
    expect(lived(lifeOf([{ onFailure: 'warn' }, {}]), ended('failure'), ended('success'))).toEqual([
      'run 0',
      'run 1',
      'warnings',
    ]);
  });

  test('asks the condition of each step when its turn comes, with all that was before', () => {
    const asked: [number, SoFar['results'], string][] = [];
    const life = lifeOf([{ onFailure: 'continue' }, {}, {}], (step, { results, ending }) => {
      asked.push([step, results, ending.result]);
      return step === 1 ? 'no docs changed' : undefined;
    });
    expect(lived(life, ended('failure'), ended('success'))).toEqual([
      'run 0',
      'skip 1',
      'run 2',
      'failure timed-out slow',
    ]);
    expect(asked).toEqual([
      [0, [], 'success'],
      [1, ['failure'], 'failure'],
      [2, ['failure', 'skipped'], 'failure'],
    ]);
  });

  test('tells of each skipped step why', () => {
    const life = lifeOf([{}, {}, { always: true }], (step) => (step === 2 ? 'not here' : undefined));
    const { state } = beginBuild(life);
    expect(onBuildInput(life, state, ended('exception')).effects).toEqual([
      { do: 'skip-step', step: 1, message: 'The step "step 0" ended as exception.' },
      { do: 'skip-step', step: 2, message: 'not here' },
      { do: 'finish', ending: { result: 'exception' } },
    ]);
  });

  test('cancelled, it runs nothing more, whatever the step says', () => {
    expect(transcript([false, true], cancel, cancel, ended('success'))).toEqual([
      'run 0',
      'stop-step',
      'skip 1',
      'cancelled cancelled Ann asked.',
    ]);
  });

  test('fenced, it says nothing more, also when it was being stopped', () => {
    expect(transcript([false, true], cancel, { type: 'fenced' }, ended('success'))).toEqual([
      'run 0',
      'stop-step',
      'abandon-step',
      'let-go',
    ]);
  });

  test('whatever happens, each step is run or skipped at most once, in order, and the end is said once', () => {
    const inputs = fc.array(
      fc.oneof(
        { weight: 4, arbitrary: fc.constantFrom(ended('success'), ended('failure'), ended('exception')) },
        { weight: 1, arbitrary: fc.constantFrom<BuildInput>(cancel, { type: 'fenced' }) },
      ),
      { maxLength: 20 },
    );
    fc.assert(
      fc.property(fc.array(fc.boolean(), { maxLength: 8 }), inputs, (always, list) => {
        const life = lifeOf(
          always.map((one) => ({ always: one })),
          (step) => (step % 3 === 2 ? 'no' : undefined),
        );
        let next: { state: BuildState; effects: readonly BuildEffect[] } = beginBuild(life);
        let step = 0;
        let ends = 0;
        for (const input of [undefined, ...list]) {
          if (input !== undefined) next = onBuildInput(life, next.state, input);
          for (const effect of next.effects) {
            if (effect.do === 'run-step' || effect.do === 'skip-step') {
              expect(effect.step).toBe(step);
              step += 1;
            }
            if (effect.do === 'finish' || (effect.do === 'let-go' && ends === 0)) ends += 1;
          }
        }
        expect(ends).toBe(next.state.phase === 'over' || next.state.phase === 'gone' ? 1 : 0);
      }),
    );
  });
});
