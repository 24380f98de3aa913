import type { Condition } from '@millrace/protocol/condition';
import type { Fact } from '@millrace/protocol/journal/record';
import type { PlannedStep } from '@millrace/protocol/plan';
import { propertyBounds } from '@millrace/protocol/property';
import type { Act } from '@millrace/testkit/scripted-command';
import { command, holding, plannedBase, runPlan } from '@millrace/testkit/run-plan';
import { describe, expect, test } from 'vitest';

const exit = (code: number): readonly Act[] => [{ do: 'exit', code }];
const print = (bytes: string, to: 'stdout' | 'stderr' = 'stdout'): Act => ({ do: 'print', bytes, to });
const ofKind = <Kind extends Fact['kind']>(facts: readonly Fact[], kind: Kind) =>
  facts.filter((fact): fact is Extract<Fact, { kind: Kind }> => fact.kind === kind);

/** `0 success`, `1 skipped why`, `build failure`. */
function ends(facts: readonly Fact[]): readonly string[] {
  return facts.flatMap((fact) => {
    if (fact.kind !== 'step-finished' && fact.kind !== 'build-finished') return [];
    const who = fact.kind === 'step-finished' ? fact.step : 'build';
    return [[who, fact.result, fact.message].filter((part) => part !== undefined).join(' ')];
  });
}

const is = (name: string, value: string): Condition => ({
  kind: 'value',
  of: { kind: 'property', name },
  test: { kind: 'is', values: [value] },
});

const setProperty = (property: string, value: string): PlannedStep => ({
  ...plannedBase(`set ${property}`),
  kind: 'set-property',
  property,
  value: { constant: value },
});

describe('conditions', () => {
  test('are asked when the step’s turn comes, of what stands then', async () => {
    const { facts } = await runPlan({
      steps: [
        setProperty('target', 'all'),
        command('make', { when: is('target', 'all') }),
        command('docs', { when: is('target', 'docs') }),
        command('tidy', { when: { kind: 'result', step: 'docs', in: ['skipped'] } }),
      ],
      scripts: { make: [exit(0)], tidy: [exit(0)] },
    });
    expect(ends(facts)).toEqual([
      '0 success',
      '1 success',
      '2 skipped The property "target" is "all", not "docs".',
      '3 success',
      'build success',
    ]);
  });

  test('know the worker as the record of the build does, and the changed files', async () => {
    const only = (globs: readonly string[]): Condition => ({ kind: 'changed-files', files: 'every', globs });
    const fact = (name: 'os' | 'worker', value: string): Condition => ({
      kind: 'value',
      of: { kind: 'fact', name },
      test: { kind: 'is', values: [value] },
    });
    const { facts } = await runPlan({
      steps: [
        command('a', { when: { kind: 'all', of: [fact('os', 'linux'), fact('worker', 'local')] } }),
        command('b', { when: fact('os', 'darwin') }),
        command('c', { when: { kind: 'not', of: only(['docs/**']) } }),
        command('d', {
          when: { kind: 'value', of: { kind: 'tool', name: 'hg' }, test: { kind: 'set' } },
        }),
      ],
      scripts: { a: [exit(0)] },
      plan: { changedFiles: { files: ['docs/a.md', 'docs/b.md'], complete: true } },
      order: {
        facts: {
          os: 'linux',
          architecture: 'x64',
          hostname: 'h',
          cpus: 1,
          memoryBytes: 1,
          version: '0',
          tools: { git: '2.50.0' },
        },
      },
    });
    expect(ends(facts)).toEqual([
      '0 success',
      `1 skipped The worker's operating system is "linux", not "darwin".`,
      '2 skipped Each of the 2 changed files is like docs/**.',
      `3 skipped The worker's hg is not there.`,
      'build success',
    ]);
  });

  test('that nobody can know let the step run', async () => {
    const { facts } = await runPlan({
      steps: [
        command('a', { when: { kind: 'not', of: { kind: 'changed-files', files: 'every', globs: ['*'] } } }),
      ],
      scripts: { a: [exit(0)] },
    });
    expect(ends(facts)).toEqual(['0 success', 'build success']);
  });
});

describe('a step that may fail', () => {
  test('lets the build go on, which fails in the end, or has warnings', async () => {
    const { facts } = await runPlan({
      steps: [command('lint', { onFailure: 'continue' }), command('test')],
      scripts: { lint: [exit(1)], test: [exit(0)] },
    });
    expect(ends(facts)).toEqual(['0 failure', '1 success', 'build failure']);
    const warned = await runPlan({
      steps: [command('lint', { onFailure: 'warn' }), command('test')],
      scripts: { lint: [exit(1)], test: [exit(0)] },
    });
    expect(ends(warned.facts)).toEqual(['0 failure', '1 success', 'build warnings']);
  });
});

describe('warnings', () => {
  test('are exit codes that the plan names', async () => {
    const { facts } = await runPlan({
      steps: [command('a', { warnings: { exitCodes: [3], patterns: [] } })],
      scripts: { a: [exit(3)] },
    });
    expect(facts.at(-2)).toEqual({ kind: 'step-finished', step: 0, result: 'warnings', exitCode: 3 });
    expect(ends(facts).at(-1)).toBe('build warnings');
  });

  test('are lines of output, counted however they are cut, once each', async () => {
    const patterns = ['warning:', 'unused', '^note$'].map((source) => ({ source, ignoreCase: true }));
    const { facts, texts } = await runPlan({
      steps: [command('cc', { warnings: { exitCodes: [], patterns } })],
      scripts: {
        cc: [[print('a.c: War'), print('ning: unused\nfine\r\nnote'), print('\r\nwarning: last')]],
      },
    });
    expect(facts.at(-2)).toMatchObject({ kind: 'step-finished', result: 'warnings', warnings: 3 });
    expect(texts).toEqual(['a.c: Warning: unused\nfine\r\nnote\r\nwarning: last']);
  });

  test('do not make a failure better', async () => {
    const { facts } = await runPlan({
      steps: [command('cc', { warnings: { exitCodes: [], patterns: [{ source: 'w', ignoreCase: false }] } })],
      scripts: { cc: [[print('w\n'), { do: 'exit', code: 1 }]] },
    });
    expect(facts.at(-2)).toMatchObject({ result: 'failure', warnings: 1 });
  });
});

describe('a property from output', () => {
  test('is seen by later steps, in arguments and in the environment', async () => {
    const { facts, started } = await runPlan({
      steps: [
        command('git', { separateStreams: true, captures: [{ property: 'version' }] }),
        command('make', {
          captures: [{ property: 'speed', pattern: { source: 'took ([0-9]+)', ignoreCase: false } }],
        }),
        command('tell', { command: { args: ['tell', ['v', { property: 'version' }]] } }),
      ],
      scripts: {
        git: [[print('\n v1.2'), print('not this\n', 'stderr'), print('.3 \n')]],
        make: [[print('took 12 s\ntook 13 s\n')]],
        tell: [exit(0)],
      },
    });
    expect(ofKind(facts, 'property-set')).toEqual([
      { kind: 'property-set', step: 0, name: 'version', value: 'v1.2.3' },
      { kind: 'property-set', step: 1, name: 'speed', value: '12' },
    ]);
    expect(started.at(-1)?.args).toEqual(['tell', 'vv1.2.3']);
    expect(started.at(-1)?.env).toMatchObject({ MILLRACE_PROP_SPEED: '12' });
    expect(started[0]?.env).not.toHaveProperty('MILLRACE_PROP_VERSION');
  });

  test.each([
    [
      'no line is like it',
      'nothing\n',
      { source: 'x', ignoreCase: false },
      'no line of the output is like /x/',
    ],
    [
      'it is too long',
      'x'.repeat(propertyBounds.valueBytes + 1),
      undefined,
      'the output has more than 65536 bytes',
    ],
    ['it is no text', 'a\0b', undefined, 'a NUL'],
  ])('that is not there fails the step: %s', async (_name, output, pattern, why) => {
    const { facts } = await runPlan({
      steps: [command('a', { captures: [{ property: 'p', ...(pattern && { pattern }) }] })],
      scripts: { a: [[print(output)]] },
    });
    expect(ofKind(facts, 'property-set')).toEqual([]);
    expect(facts.at(-2)).toMatchObject({ result: 'failure', message: expect.stringContaining(why) });
  });

  test('of a command that failed is not taken', async () => {
    const { facts } = await runPlan({
      steps: [command('a', { captures: [{ property: 'p' }] })],
      scripts: { a: [[print('x'), { do: 'exit', code: 1 }]] },
    });
    expect(ofKind(facts, 'property-set')).toEqual([]);
    expect(ends(facts)).toEqual(['0 failure', 'build failure']);
  });

  test('over what a build may set ends it as that', async () => {
    const value = 'x'.repeat(propertyBounds.valueBytes);
    const steps = Array.from({ length: 17 }, (_, index) => setProperty(`p${index}`, value));
    const { facts } = await runPlan({ steps });
    expect(ofKind(facts, 'property-set')).toHaveLength(16);
    expect(facts.at(-1)).toMatchObject({ result: 'exception', reason: 'quota-exceeded' });
  });
});

describe('a step that is tried again', () => {
  const retry = { tries: 3, backoffMs: 1_000, results: ['failure', 'exception'] } as const;

  test('has logs for each try, and is as its last one was', async () => {
    const { facts, texts, tookMs, started } = await runPlan({
      steps: [command('flaky', { retry })],
      scripts: {
        flaky: [
          [print('no\n'), { do: 'exit', code: 1 }],
          [print('no again\n'), { do: 'exit', code: 2 }],
          [print('yes\n')],
        ],
      },
    });
    expect(ofKind(facts, 'try-ended')).toEqual([
      { kind: 'try-ended', step: 0, try: 1, result: 'failure', exitCode: 1, nextInMs: 1_000 },
      { kind: 'try-ended', step: 0, try: 2, result: 'failure', exitCode: 2, nextInMs: 2_000 },
    ]);
    expect(ofKind(facts, 'log-opened').map(({ name }) => name)).toEqual([
      'output',
      'output (try 2)',
      'output (try 3)',
    ]);
    expect(texts).toEqual(['no\n', 'no again\n', 'yes\n']);
    expect(started.map(({ env }) => env['MILLRACE_TRY'])).toEqual(['1', '2', '3']);
    expect(ends(facts)).toEqual(['0 success', 'build success']);
    expect(tookMs).toBeGreaterThanOrEqual(3_000);
  });

  test('has the time of its limits in each try', async () => {
    const { facts } = await runPlan({
      steps: [command('slow', { retry: { ...retry, tries: 2 }, limits: { totalMs: 5_000 } })],
      scripts: { slow: [[{ do: 'wait', ms: 60_000 }], [{ do: 'wait', ms: 4_000 }]] },
    });
    expect(ofKind(facts, 'try-ended')).toMatchObject([{ reason: 'timed-out', limit: 'total' }]);
    expect(ends(facts)).toEqual(['0 success', 'build success']);
  });

  test('is tried after the exit codes that the plan names, and no others', async () => {
    const coded = { ...retry, exitCodes: [75] };
    const { started, facts } = await runPlan({
      steps: [command('a', { retry: coded })],
      scripts: { a: [exit(75), exit(1)] },
    });
    expect(started).toHaveLength(2);
    expect(facts.at(-2)).toMatchObject({ result: 'failure', exitCode: 1 });
  });

  test('is not tried again when the build is cancelled while it waits', async () => {
    const { started, facts, tookMs } = await runPlan({
      steps: [command('a', { retry: { ...retry, backoffMs: 60_000 } })],
      scripts: { a: [exit(1)] },
      say: [
        { atMs: 5_000, message: { type: 'cancel', ...holding, reason: 'cancelled', message: 'Ann asked.' } },
      ],
    });
    expect(started).toHaveLength(1);
    expect(ends(facts)).toEqual(['0 cancelled Ann asked.', 'build cancelled Ann asked.']);
    expect(tookMs).toBeLessThan(6_000);
  });

  test('that cannot be run is tried again as an exception', async () => {
    const { facts } = await runPlan({ steps: [command('nowhere', { retry })] });
    expect(ofKind(facts, 'try-ended').map(({ reason }) => reason)).toEqual(['spawn-failed', 'spawn-failed']);
    expect(facts.at(-1)).toMatchObject({ result: 'exception', reason: 'spawn-failed' });
  });
});

describe('a link', () => {
  const link = (url: string | readonly (string | { property: string })[]): PlannedStep => ({
    ...plannedBase('link'),
    kind: 'link',
    label: 'Preview',
    url,
  });

  test('is made of properties, which cannot change where it leads', async () => {
    const { facts } = await runPlan({
      steps: [link(['https://example.org/p/', { property: 'branch' }, '/'])],
      plan: { properties: { branch: 'a/b ?x=1#"<' } },
    });
    expect(ofKind(facts, 'link-added')).toEqual([
      {
        kind: 'link-added',
        step: 0,
        url: 'https://example.org/p/a/b%20%3Fx%3D1%23%22%3C/',
      },
    ]);
  });

  test('may be a property as a whole, and carries no password', async () => {
    const { facts } = await runPlan({
      steps: [link([{ property: 'url' }])],
      plan: { properties: { url: 'http://ann:secret@example.org/x?y=1' } },
    });
    expect(ofKind(facts, 'link-added')[0]?.url).toBe('http://example.org/x?y=1');
  });

  test.each(['javascript:alert(1)', 'ftp://example.org/', 'nothing', `https://x/${'y'.repeat(2_000)}`])(
    'that leads elsewhere than the web is a failure: %s',
    async (url) => {
      const { facts } = await runPlan({
        steps: [link([{ property: 'url' }])],
        plan: { properties: { url } },
      });
      expect(ofKind(facts, 'link-added')).toEqual([]);
      expect(facts.at(-1)).toMatchObject({ result: 'failure' });
    },
  );
});

test('a command is told as a person would give it to a shell', async () => {
  const { facts } = await runPlan({
    steps: [
      command('echo', {
        command: { args: ['echo', "it's", 'a b', '--x=1'] },
        folder: 'sub',
        env: { OUT: 'dir' },
      }),
      command('/bin/sh', { command: { line: 'echo $HOME | cat' } }),
    ],
    scripts: { echo: [exit(0)], '/bin/sh': [exit(0)] },
  });
  const told = ofKind(facts, 'command-started');
  expect(told.map(({ command, folder }) => [command, folder])).toEqual([
    [String.raw`echo 'it'\''s' 'a b' --x=1`, 'sub'],
    ['echo $HOME | cat', ''],
  ]);
  expect(told[0]?.environment).toContain('OUT');
});
