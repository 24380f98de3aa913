import { describe, expect, it } from 'vitest';
import type { BuilderConfig, PlanInput } from './config.ts';
import { problemLine } from './config-problem.ts';
import { property } from './late-value.ts';
import { makePlan } from './make-plan.ts';
import type { PlanParts } from './make-plan.ts';
import type { SecretConfig } from './secret-config.ts';
import { secret } from './secret.ts';
import { all, buildResult, changedFiles, not, stepResult, workerFact } from './condition.ts';
import { checkout, link, setProperty, sh } from './step.ts';

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
const repository = { name: 'app', kind: 'git', url: '/repo', credentials: null } as const;
const input: PlanInput = {
  builder: 'check',
  source: { repository: 'app', branch: 'main', revision: 'a'.repeat(40) },
  properties: { size: 2 },
};

const make = (given: unknown, source: PlanInput['source'] = input.source) =>
  makePlan(
    { input: { ...input, source }, builder, repository, secrets: [], env: { CI: '1' }, lostAfterMs: 1000 },
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
      'steps[1]: expected a step, made by sh(...), checkout(...), setProperty(...) or link(...), got "npm test"',
      expect.stringMatching(/^steps\[2\]\.nam: there is no option "nam"; did you mean "name"\? /),
      'steps[3].command: expected at least one item, got []',
      'steps[4].limits.totalMs: expected a whole number of milliseconds above 0, or null for no limit, got -1',
      'steps[4].folder: expected a folder below the build\'s own: relative, without "..", got "../up"',
      'steps[3].name: "same" is already the name of steps[2]',
    ]);
    expect(problemsOf('x')).toEqual(['steps: expected a list of steps, got "x"']);
    expect(problemsOf([null])).toEqual(['steps: there is not one step']);
  });

  it('opens lists of steps, so that functions can give several', () => {
    const install = () => [sh('npm ci'), [sh('npm run build')]];
    const made = make([checkout(), install(), undefined, sh('npm test')]);
    expect(made.kind === 'made' && made.plan.steps.map(({ name }) => name)).toEqual([
      'checkout',
      'npm ci',
      'npm run build',
      'npm test',
    ]);
    expect(problemsOf([[sh('a', { name: 'x' })], [[sh('b', { name: 'x' })]]])).toEqual([
      'steps[1][0][0].name: "x" is already the name of steps[0][0]',
    ]);
  });

  it('plans conditions, tries, warnings and what a failure does', () => {
    const made = make([
      sh('make', {
        name: 'make',
        retry: 2,
        allowFailure: true,
        warnOnExitCodes: [3],
        warnOnOutput: /warning:/i,
      }),
      sh('make check', {
        continueOnFailure: true,
        retry: { times: 1, backoffMs: 5, on: ['failure'], exitCodes: [75] },
        when: all(stepResult('make').is('success'), not(workerFact('os').is('darwin'))),
      }),
    ]);
    expect(made.kind === 'made' && made.plan.steps).toMatchObject([
      {
        retry: { tries: 3, backoffMs: 1_000, results: ['failure', 'exception'] },
        onFailure: 'warn',
        warnings: { exitCodes: [3], patterns: [{ source: 'warning:', ignoreCase: true }] },
      },
      {
        retry: { tries: 2, backoffMs: 5, results: ['failure'], exitCodes: [75] },
        onFailure: 'continue',
        when: {
          kind: 'all',
          of: [
            { kind: 'result', step: 'make', in: ['success'] },
            {
              kind: 'not',
              of: {
                kind: 'value',
                of: { kind: 'fact', name: 'os' },
                test: { kind: 'is', values: ['darwin'] },
              },
            },
          ],
        },
      },
    ]);
  });

  it('plans properties from values and from output, and links', () => {
    const made = make([
      setProperty('tag', ['v', property('size')]),
      setProperty('fast', true),
      sh(['git', 'describe'], { setProperty: 'version' }),
      sh('make', { setProperty: ['log', { name: 'speed', pattern: /took (\d+)/ }], separateStreams: false }),
      link('Preview', ['https://example.org/', property('branch')]),
    ]);
    expect(made.kind === 'made' && made.plan.steps).toMatchObject([
      {
        kind: 'set-property',
        name: 'set tag',
        property: 'tag',
        value: { template: ['v', { property: 'size' }] },
      },
      { kind: 'set-property', property: 'fast', value: { constant: true } },
      { kind: 'sh', separateStreams: true, captures: [{ property: 'version' }] },
      {
        separateStreams: false,
        captures: [
          { property: 'log' },
          { property: 'speed', pattern: { source: String.raw`took (\d+)`, ignoreCase: false } },
        ],
      },
      { kind: 'link', name: 'link Preview', url: ['https://example.org/', { property: 'branch' }] },
    ]);
  });

  it('carries the changed files where a condition asks for them, and nowhere else', () => {
    const files = { files: ['docs/a.md'], complete: true };
    const filesOf = (when: object) => {
      const made = makePlan(
        {
          input: { ...input, changedFiles: files },
          builder,
          repository,
          secrets: [],
          env: {},
          lostAfterMs: 1000,
        },
        [sh('x', { when: when as never })],
      );
      return made.kind === 'made' ? made.plan.changedFiles : made;
    };
    expect(filesOf(not(changedFiles.only('docs/**')))).toEqual(files);
    expect(filesOf(property('x').isSet())).toBeUndefined();
  });

  it.each([
    [{ when: true }, 'steps[1].when: expected a condition, such as property'],
    [
      { when: stepResult('mak').is('failure') },
      'there is no step "mak" before this one; did you mean "make"?',
    ],
    [{ when: stepResult('make').is('failed' as never) }, 'expected one of skipped, success'],
    [{ when: workerFact('cpu' as never).is('x') }, 'there is no fact "cpu" of a worker'],
    [{ when: changedFiles.match() }, 'it needs a glob'],
    [{ when: changedFiles.match('a/{b') }, 'a "{" has no "}"'],
    [{ when: all() }, 'all() needs a condition'],
    [{ when: property('a b').isSet() }, 'expected the name of a property'],
    [{ when: buildResult().is('failure') }, 'what waits for a failure needs always: true'],
    [{ when: stepResult('make').is('failure', 'exception') }, 'what waits for a failure needs always: true'],
    [{ warnOnOutput: '(?=x)' }, 'steps[1].warnOnOutput: expected a pattern, but "(?=x)": '],
    [{ warnOnOutput: /x/m }, 'steps[1].warnOnOutput: expected a pattern, or a list'],
    [{ setProperty: 'branch' }, 'steps[1].setProperty: expected the name of a property'],
    [{ setProperty: { name: 'x', patern: 'y' } }, 'steps[1].setProperty: expected'],
    [{ retry: 10 }, 'steps[1].retry: expected how often it is tried again (1 to 9)'],
    [{ warnOnExitCodes: [256] }, 'steps[1].warnOnExitCodes: expected a list of exit codes'],
    [{ continueOnFailure: true, allowFailure: true }, 'steps[1].allowFailure: with continueOnFailure'],
  ])('refuses %j with what to do instead', (options, message) => {
    const [problem, ...others] = problemsOf([sh('make', { name: 'make' }), sh('x', options as object)]);
    expect(problem).toContain(message);
    expect(others).toEqual([]);
  });

  it('lets a step wait for the failure of one that does not stop the build', () => {
    const goesOn = sh('lint', { name: 'lint', continueOnFailure: true });
    expect(problemsOf([goesOn, sh('x', { when: stepResult('lint').is('failure') })])).toEqual([]);
    expect(problemsOf([goesOn, sh('x', { when: buildResult().is('failure') })])).toEqual([]);
    expect(problemsOf([sh('x'), sh('y', { always: true, when: buildResult().is('failure') })])).toEqual([]);
  });

  const known: readonly SecretConfig[] = [
    { name: 'npm-token', source: { env: 'NPM' }, builders: ['*'], trust: ['default'] },
    { name: 'key', source: { file: '/key' }, builders: ['release-*'], trust: ['default'] },
    { name: 'prod', source: { env: 'PROD' }, builders: ['*'], trust: ['protected'] },
  ];
  const withSecrets = (given: unknown, change: Partial<PlanParts> = {}) =>
    makePlan({ input, builder, repository, secrets: known, env: {}, lostAfterMs: 1000, ...change }, given);

  it('names the secrets that a plan asks for, and has none of their values', () => {
    const credentials = {
      sshKeyFile: '/nowhere/key',
      knownHostsFile: null,
      username: null,
      password: null,
    };
    const made = withSecrets(
      [checkout(), sh('npm publish', { env: { AUTH: ['Bearer ', secret('npm-token')] } })],
      { repository: { name: 'app', kind: 'hg', url: 'ssh://hg@example.org/app', credentials } },
    );
    expect(made).toMatchObject({
      kind: 'made',
      plan: {
        secrets: ['app:ssh-key', 'npm-token'],
        source: { kind: 'hg', credentials: { kind: 'ssh-key', secret: 'app:ssh-key' } },
        steps: [{}, { env: { AUTH: ['Bearer ', { secret: 'npm-token' }] } }],
      },
    });
    expect(withSecrets([sh('make')])).not.toHaveProperty('plan.secrets');
  });

  it('sends a password for https only, and to checkouts only', () => {
    const credentials = { sshKeyFile: null, knownHostsFile: null, username: null, password: { env: 'P' } };
    const https = { name: 'app', kind: 'git', url: 'https://example.org/app.git', credentials } as const;
    expect(withSecrets([checkout()], { repository: https })).toMatchObject({
      plan: {
        secrets: ['app:password'],
        source: { credentials: { kind: 'password', username: 'git', secret: 'app:password' } },
      },
    });
    expect(withSecrets([sh('make')], { repository: https })).not.toHaveProperty('plan.secrets');
  });

  it.each([
    [secret('npm-tokn'), 'steps[0].env: unknown secret "npm-tokn"; did you mean "npm-token"?'],
    [
      secret('key'),
      'steps[0].env: the secret "key" may not be had: it is for the builders "release-*", and not for "check"',
    ],
    [secret('prod'), 'it is for builders whose trust is "protected", and that of "check" is "default"'],
  ])('refuses %# a secret that is not there, or not for this builder', (value, message) => {
    const made = withSecrets([sh('x', { env: { TOKEN: value } })]);
    expect(made.kind === 'problems' ? made.problems.map(problemLine).join() : made).toContain(message);
    const builders = withSecrets([sh('x')], { env: { TOKEN: value } });
    expect(builders.kind === 'problems' ? builders.problems[0]?.path : builders).toBe('env');
  });

  it('refuses a secret anywhere but in the environment', () => {
    const given: readonly unknown[] = [
      { ...sh('x'), command: ['curl', secret('npm-token')] },
      { ...sh('x'), command: ['curl', ['-H', secret('npm-token')]] },
      { ...sh('x'), command: secret('npm-token') },
    ];
    for (const step of given) {
      const made = withSecrets([step]);
      expect(made.kind === 'problems' ? made.problems[0]?.message : made).toContain(
        'never part of a command',
      );
    }
    expect(() => Number(secret('npm-token'))).toThrow(/cannot become text/);
  });

  it('takes the options of a checkout, and says what is wrong with them', () => {
    const made = make([checkout({ mode: 'incremental', submodules: 'recursive', lfs: true, depth: 1 })]);
    expect(made).toMatchObject({
      plan: { steps: [{ mode: 'incremental', submodules: 'recursive', lfs: true, depth: 1 }] },
    });
    expect(make([checkout({ submodules: true, lfs: false })])).toMatchObject({
      plan: { steps: [{ submodules: 'direct' }] },
    });
    const wrong: readonly (readonly [object, string])[] = [
      [{ mode: 'all' }, 'steps[0].mode: expected one of "clobber", "fresh", "clean", "incremental"'],
      [{ submodules: 'all' }, 'steps[0].submodules: expected true, false or \'recursive\', got "all"'],
      [{ depth: 0 }, 'steps[0].depth: expected at least 1'],
      [{ lfs: 'yes' }, 'steps[0].lfs: expected a boolean'],
    ];
    for (const [options, message] of wrong) expect(problemsOf([checkout(options)])[0]).toContain(message);
  });

  it('tells the level of trust, and names a private step without its command', () => {
    const made = make([sh('sign --key k1', { visibility: 'private' }), sh('make', { visibility: 'public' })]);
    expect(made).toMatchObject({
      plan: { trust: 'default', steps: [{ name: 'private', visibility: 'private' }, { name: 'make' }] },
    });
    expect(made.kind === 'made' && 'visibility' in (made.plan.steps[1] ?? {})).toBe(false);
  });
});
