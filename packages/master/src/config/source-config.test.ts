import { expect, it } from 'vitest';
import { checkConfig } from './check-config.ts';
import type { CheckedConfig } from './check-config.ts';
import { knownCommitLink } from './commit-link.ts';
import { problemLine } from './config-problem.ts';
import { hook, repository } from './define-source.ts';
import type { HookDefinition, RepositoryDefinition } from './define-source.ts';
import { builder, defineConfig, onChange, worker } from './define.ts';
import type { OnChangeDefinition } from './define.ts';
import { sh } from './step.ts';

const steps = () => [sh('true')];

function checked(
  repositories: readonly RepositoryDefinition[],
  more: {
    readonly hooks?: readonly HookDefinition[];
    readonly schedulers?: readonly OnChangeDefinition[];
  } = {},
): ReturnType<typeof checkConfig> {
  const builders = [builder({ name: 'check', workers: ['local'], steps })];
  const whole = defineConfig({ repositories, workers: [worker({ name: 'local' })], builders, ...more });
  return checkConfig(whole, '/etc/app');
}

function configOf(...given: Parameters<typeof checked>): CheckedConfig {
  const found = checked(...given);
  if (found.kind === 'problems') throw new Error(found.problems.map(problemLine).join('\n'));
  return found.config;
}

function problemsOf(given: object, more: Parameters<typeof checked>[1] = {}): readonly string[] {
  const found = checked([{ name: 'app', ...given }], more);
  return found.kind === 'problems' ? found.problems.map(problemLine) : [];
}

it('fills in what a repository does not say, and finds its files from the config on', () => {
  const { repositories } = configOf([
    repository({ name: 'app', git: 'https://github.com/o/app.git', branches: ['main'], tags: ['v*'] }),
    repository({ name: 'old', hg: '../old' }),
    repository({
      name: 'lib',
      git: 'git@host:lib',
      credentials: { sshKeyFile: 'keys/lib', knownHostsFile: '/etc/hosts.known' },
    }),
    repository({
      name: 'locked',
      hg: 'https://host/x',
      credentials: { username: 'ci', password: { file: 'token' } },
      commitLink: 'https://host/x/rev/{revision}',
    }),
  ]);
  expect(repositories).toMatchObject([
    {
      kind: 'git',
      pollEveryMs: 30_000,
      fetchMsMax: 600_000,
      credentials: null,
      tags: ['v*'],
      commitLink: 'https://github.com/o/app/commit/{revision}',
    },
    {
      kind: 'hg',
      url: '/etc/old',
      pollEveryMs: 3_000,
      defaultBranch: 'default',
      branches: [],
      commitLink: null,
    },
    { credentials: { sshKeyFile: '/etc/app/keys/lib', knownHostsFile: '/etc/hosts.known', password: null } },
    {
      credentials: { username: 'ci', password: { file: '/etc/app/token' } },
      commitLink: 'https://host/x/rev/{revision}',
    },
  ]);
});

it('hands a scheduler the branches and tags that its repository watches, or those that it names', () => {
  const app = repository({ name: 'app', git: '.', branches: ['main'], tags: ['v*'] });
  const of = (other: Partial<OnChangeDefinition>): readonly string[] | undefined =>
    configOf([app], {
      schedulers: [onChange({ name: 's', repository: 'app', builders: ['check'], ...other })],
    }).schedulers[0]?.branches;
  expect(of({})).toEqual(['main', 'refs/tags/v*']);
  expect(of({ branches: ['*'] })).toEqual(['*']);
  expect(of({ tags: ['v1.*'] })).toEqual(['refs/tags/v1.*']);
  expect(of({ branches: ['main'], tags: ['*'] })).toEqual(['main', 'refs/tags/*']);
});

it('knows the hooks by name, and of which repository they tell', () => {
  const app = repository({ name: 'app', git: '.' });
  const named = hook({ name: 'g', kind: 'gitea', secret: { env: 'SECRET' }, repository: 'app' });
  const any = hook({ name: 'h', kind: 'github', secret: { file: 's' } });
  expect(configOf([app], { hooks: [named, any] }).hooks).toEqual([
    { name: 'g', kind: 'gitea', secret: { env: 'SECRET' }, repository: 'app' },
    { name: 'h', kind: 'github', secret: { file: '/etc/app/s' }, repository: null },
  ]);
  expect(problemsOf({ git: '.' }, { hooks: [{ ...named, repository: 'ap' }, named] })).toEqual([
    'hooks[1].name: "g" is already the name of hooks[0]',
    'hooks[0].repository: unknown repository "ap"; did you mean "app"? (known: "app")',
  ]);
  const secret = { env: 'SECRET', value: 'x' };
  expect(problemsOf({ git: '.' }, { hooks: [{ ...named, secret }] })[0]).toContain(
    'does not stand in a config',
  );
});

it.each([
  [{}, 'repositories[0]: expected the address as "git" or as "hg"; neither is there'],
  [{ git: '.', hg: '.' }, 'repositories[0]: expected the address as "git" or as "hg"; both are there'],
  [{ git: 'https://ann:pw@host/x' }, 'repositories[0].git: expected an address without a password'],
  [{ git: '--upload-pack=x' }, 'repositories[0].git: expected a folder or an address'],
  [{ git: 'https://host/\nx' }, 'repositories[0].git: expected a folder or an address'],
  [{ git: '.', tags: ['refs/tags/v1'] }, 'repositories[0].tags[0]: expected the name of a tag'],
  [{ git: '.', credentials: { sshKeyFile: 'k' } }, 'repositories[0].credentials.sshKeyFile: is for ssh'],
  [
    { git: 'git@h:x', credentials: { password: { env: 'P' } } },
    'repositories[0].credentials.password: is for https',
  ],
  [
    { git: 'https://h/x', credentials: { password: 'pw' } },
    'repositories[0].credentials.password: expected where the secret is',
  ],
  [
    { git: '.', commitLink: 'javascript:alert(1)//{revision}' },
    'repositories[0].commitLink: expected the address',
  ],
])('says what is wrong with %j', (given, line) => {
  const problems = problemsOf(given);
  expect(problems).toHaveLength(1);
  expect(problems[0]).toContain(line);
  expect(problems[0]).not.toContain('pw');
});

it.each([
  ['git@github.com:o/a.git', 'https://github.com/o/a/commit/{revision}'],
  ['ssh://git@gitlab.com:22/g/s/a', 'https://gitlab.com/g/s/a/-/commit/{revision}'],
  ['https://user@bitbucket.org/o/a.git', 'https://bitbucket.org/o/a/commits/{revision}'],
  ['https://github.com/o/"><script>', null],
  ['https://git.example.org/o/a', null],
  ['/srv/a', null],
])('knows the page of a commit of %s', (url, link) => {
  expect(knownCommitLink(url)).toBe(link);
});
