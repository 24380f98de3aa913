import { describe, expect, it } from 'vitest';
import { checkConfig } from './check-config.ts';
import { problemLine } from './config-problem.ts';
import { repository } from './define-source.ts';
import { builder, defineConfig, onChange, worker } from './define.ts';
import { sh } from './step.ts';

const steps = () => [sh('true')];

function problemsOf(exported: unknown): readonly string[] {
  const checked = checkConfig(exported, '/etc/app');
  return checked.kind === 'problems' ? checked.problems.map(problemLine) : [];
}

describe('checkConfig', () => {
  it('fills in what a small config does not say', () => {
    const checked = checkConfig(
      defineConfig({
        repositories: [repository({ name: 'app', git: './src', branches: ['release/*', 'trunk'] })],
        workers: [worker({ name: 'local' })],
        builders: [builder({ name: 'check', repository: 'app', workers: ['local'], steps })],
        schedulers: [onChange({ name: 'every-push', repository: 'app', builders: ['check'] })],
      }),
      '/etc/app',
    );
    expect(checked).toMatchObject({
      kind: 'checked',
      config: {
        lostAfterMs: 120_000,
        repositories: [{ url: '/etc/app/src', pollEveryMs: 500, defaultBranch: 'trunk' }],
        workers: [{ name: 'local', tokenHashes: [], trust: 'default' }],
        builders: [{ priority: 0, onSilence: 'retry', retriesMax: 3, branch: null }],
        schedulers: [{ kind: 'on-change', branches: ['release/*', 'trunk'], priority: 0 }],
        tokens: [],
      },
    });
  });

  it('leaves the address of a repository elsewhere as it is', () => {
    for (const git of ['https://example.org/a.git', 'git@example.org:a.git', 'ssh://example.org/a']) {
      const checked = checkConfig(
        {
          repositories: [{ name: 'a', git }],
          workers: [{ name: 'w' }],
          builders: [{ name: 'b', workers: ['w'], steps }],
        },
        '/etc/app',
      );
      expect(checked).toMatchObject({ config: { repositories: [{ url: git, pollEveryMs: 30_000 }] } });
    }
  });

  it('tells everything that is wrong at once, each with its path', () => {
    const problems = problemsOf({
      repositories: [
        { name: 'app', git: 3 },
        { name: 'app', git: '.', brances: ['main'] },
      ],
      workers: [{ name: 'linux-1' }, { name: 'linux 2', tokenHash: 'secret' }],
      builders: [
        { name: 'one', workers: [], steps },
        { name: 'two', workers: ['linux-1'], repository: 'ap', steps: [], priority: 'high' },
        { name: 'three', workers: ['linux-9', 'linux-1', 'linux-1'], onSilence: 'explode' },
      ],
      schedulers: [{ kind: 'on-change', name: 's', repository: 'app', builders: ['on'] }],
      lostAfterMs: 0.5,
      extra: 1,
    });
    expect(problems).toEqual(
      [
        'repositories[0].git: expected a folder or an address, of at most 2,000 characters, without control characters, not beginning with "-", got 3',
        'repositories[1].brances: there is no option "brances"; did you mean "branches"? (known: "name", "git", "hg", "branches", "tags", "credentials", "pollEveryMs", "fetchMsMax", "defaultBranch", "commitLink")',
        'workers[1].name: expected a name of at most 100 letters, digits, ".", "_" and "-", beginning with a letter or digit, got "linux 2"',
        'workers[1].tokenHash: expected the hash line that `millrace token` prints: "sha256:" and 64 hex digits, or { hash, expiresAt: "2027-01-31" }, or a list of up to four of these, got "secret"',
        'builders[0].workers: expected at least one item, got []',
        'builders[1].steps: expected a function that gives the steps: () => [...], got []',
        'builders[1].priority: expected a whole number, got "high"',
        'builders[2].steps: is missing',
        'builders[2].onSilence: expected one of "retry", "stop", "wait", got "explode"',
        'lostAfterMs: expected a whole number, got 0.5',
        expect.stringMatching(/^extra: there is no option "extra"; known: "repositories", /),
        'repositories[1].name: "app" is already the name of repositories[0]',
        'builders[1].repository: unknown repository "ap"; did you mean "app"? (known: "app")',
        'builders[2].workers[0]: unknown worker "linux-9"; did you mean "linux-1"? (known: "linux-1", "linux 2")',
        'builders[2].workers[2]: "linux-1" is already in this list',
        'schedulers[0].builders[0]: unknown builder "on"; did you mean "one"? (known: "one", "two", "three")',
      ].sort((left, right) => problems.indexOf(left) - problems.indexOf(right)),
    );
    expect(problems).toHaveLength(16);
  });

  it('refuses a scheduler whose builder builds another repository', () => {
    expect(
      problemsOf({
        repositories: [
          { name: 'a', git: '.' },
          { name: 'b', git: '.' },
        ],
        workers: [{ name: 'w' }],
        builders: [{ name: 'x', repository: 'a', workers: ['w'], steps }],
        schedulers: [onChange({ name: 's', repository: 'b', builders: ['x'] })],
      }),
    ).toEqual(['schedulers[0].builders[0]: builder "x" builds the repository "a", not "b"']);
  });

  it('says so when the default export is missing or no config', () => {
    expect(problemsOf(undefined)[0]).toContain('expected the config as the default export');
    expect(problemsOf(Promise.resolve({}))[0]).toContain('is a promise');
    expect(problemsOf(3)[0]).toContain('got 3');
  });

  it('keeps builders to workers of their own level of trust', () => {
    const given = (trust: string | undefined) => ({
      workers: [{ name: 'a' }, { name: 'b', trust: 'release' }],
      builders: [{ name: 'ship', workers: ['a', 'b'], steps, ...(trust && { trust }) }],
    });
    expect(problemsOf(given('release'))).toEqual([
      'builders[0].workers[0]: the worker "a" has the trust "default", and the builder "ship" has "release": it runs on workers of its own level alone',
    ]);
    expect(problemsOf(given(undefined))).toEqual([
      'builders[0].workers[1]: the worker "b" has the trust "release", and the builder "ship" has "default": it runs on workers of its own level alone',
    ]);
  });

  it('takes tokens with an end, and two hashes while one takes the place of the other', () => {
    const [one, two] = [`sha256:${'1'.repeat(64)}`, `sha256:${'2'.repeat(64)}`];
    const checked = checkConfig(
      {
        workers: [{ name: 'w', tokenHash: [one, { hash: two, expiresAt: '2027-01-31' }] }],
        builders: [{ name: 'b', workers: ['w'], steps }],
        tokens: [{ name: 't', hash: one, scopes: ['read'], expiresAt: '2027-01-31T18:00:00+02:00' }],
        tls: { cert: 'tls/cert.pem', key: '/key.pem' },
      },
      '/etc/app',
    );
    expect(checked).toMatchObject({
      config: {
        workers: [
          {
            tokenHashes: [
              { hash: one, expiresAt: null },
              { hash: two, expiresAt: Date.UTC(2027, 0, 31) },
            ],
          },
        ],
        tokens: [{ hashes: [{ hash: one, expiresAt: Date.UTC(2027, 0, 31, 16) }] }],
        tls: { cert: '/etc/app/tls/cert.pem', key: '/key.pem' },
      },
    });
    for (const expiresAt of ['31.1.2027', '2027-02-30', 'soon', 3])
      expect(
        problemsOf({
          workers: [{ name: 'w' }],
          builders: [{ name: 'b', workers: ['w'], steps }],
          tokens: [{ name: 't', hash: one, scopes: ['read'], expiresAt }],
        }),
      ).toEqual([expect.stringContaining('tokens[0].expiresAt: expected a day like "2027-01-31"')]);
  });
});
