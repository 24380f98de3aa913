import { describe, expect, it } from 'vitest';
import type { BuilderConfig, PlanInput } from './config.ts';
import { problemLine } from './config-problem.ts';
import { property } from './late-value.ts';
import { makePlan } from './make-plan.ts';
import { checkout, sh } from './step.ts';

const builder: BuilderConfig = {
  name: 'check',
  description: null,
  tags: [],
  repository: 'app',
  branch: null,
  workers: ['local'],
  priority: 0,
  onSilence: 'stop',
  retriesMax: 3,
  retryBackoffFirstMs: 5_000,
  properties: { flavour: 'plain', size: 1 },
  trust: 'default',
  visibility: 'private',
  privateProperties: [],
};
const input: PlanInput = {
  builder: 'check',
  source: { repository: 'app', branch: 'main', revision: 'a'.repeat(40) },
  properties: { size: 2 },
};

const make = (given: unknown, source: PlanInput['source'] = input.source) =>
  makePlan(
    { input: { ...input, source }, builder, repositoryUrl: '/repo', env: { CI: '1' }, lostAfterMs: 1000 },
    given,
  );

function problemsOf(given: unknown, source?: PlanInput['source']): readonly string[] {
  const made = make(given, source);
  return made.kind === 'problems' ? made.problems.map(problemLine) : [];
}

describe('makePlan', () => {
  it('makes data of steps, with late values as templates and defaults filled in', () => {
    const made = make([
      checkout(),
      false,
      sh(['npm', 'test', property('flavour'), ['--size=', property('size')]], {
        limits: { noOutputMs: null, totalMs: 60_000 },
        env: { TAG: ['v', property('size')] },
      }),
    ]);
    expect(made).toMatchObject({
      kind: 'made',
      plan: {
        version: 1,
        source: { repository: 'app', url: '/repo', branch: 'main', revision: 'a'.repeat(40) },
        properties: { flavour: 'plain', size: 2, builder: 'check', branch: 'main', revision: 'a'.repeat(40) },
        env: { CI: '1' },
        onSilence: 'stop',
        lostAfterMs: 1000,
        steps: [
          { kind: 'checkout', name: 'checkout', limits: { noOutputMs: 1_200_000 }, folder: '' },
          {
            kind: 'sh',
            name: 'npm test {flavour} --size={size}',
            command: { args: ['npm', 'test', [{ property: 'flavour' }], ['--size=', { property: 'size' }]] },
            limits: { totalMs: 60_000 },
            env: { TAG: ['v', { property: 'size' }] },
            always: false,
            separateStreams: false,
            killGraceMs: 10_000,
          },
        ],
      },
    });
  });

  it('gives the same content the same hash, and other content another', () => {
    const hash = (given: unknown) => {
      const made = make(given);
      return made.kind === 'made' ? made.hash : made;
    };
    expect(hash([sh('a', { folder: 'x', always: true })])).toBe(
      hash([sh('a', { always: true, folder: 'x' })]),
    );
    expect(hash([sh('a')])).not.toBe(hash([sh('b')]));
  });

  it('names steps by what they run, each once', () => {
    const made = make([
      sh('make\n\tall'),
      sh('make all'),
      sh(['x'], { name: 'make all (2)' }),
      sh('y'.repeat(100)),
    ]);
    expect(made.kind === 'made' && made.plan.steps.map((step) => step.name)).toEqual([
      'make all',
      'make all (3)',
      'make all (2)',
      `${'y'.repeat(57)}...`,
    ]);
  });

  it('never makes a shell line of properties', () => {
    expect(() => sh(`echo ${property('x') as unknown as string}`)).toThrow('$MILLRACE_PROP_');
    expect(problemsOf([sh(property('x') as unknown as string)])).toEqual([
      "steps[0].command: a shell line is never made of properties: sh([..., property('x')]) takes it as an argument",
    ]);
  });

  it('tells everything that is wrong with the steps at once', () => {
    expect(
      problemsOf(
        [
          checkout(),
          'npm test',
          sh('x', { name: 'same', nam: 1 } as object),
          sh([], { name: 'same' }),
          sh('y', { folder: '../up', limits: { totalMs: -1 } }),
        ],
        null,
      ),
    ).toEqual([
      'steps[0]: checkout() has nothing to check out: builder "check" has no repository',
      'steps[1]: expected a step, made by sh(...) or checkout(...), got "npm test"',
      expect.stringMatching(/^steps\[2\]\.nam: there is no option "nam"; did you mean "name"\? /),
      'steps[3].command: expected at least one item, got []',
      'steps[4].limits.totalMs: expected a whole number of milliseconds above 0, or null for no limit, got -1',
      'steps[4].folder: expected a folder below the build\'s own: relative, without "..", got "../up"',
      'steps[3].name: "same" is already the name of steps[2]',
    ]);
    expect(problemsOf('x')).toEqual(['steps: expected a list of steps, got "x"']);
    expect(problemsOf([null])).toEqual(['steps: there is not one step']);
  });
});
