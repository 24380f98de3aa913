import { describe, expect, it } from 'vitest';
import type { Plan, PlannedStep } from '@millrace/protocol/plan';
import { planHere } from './plan-here.ts';
import { secretsHere, secretVariable } from './secrets-here.ts';

const base = { limits: {}, killGraceMs: 1, logBytesMax: 1, env: {}, always: false, folder: '' };
const sh = (name: string, more: object = {}): PlannedStep => ({
  ...base,
  kind: 'sh',
  name,
  command: { line: name },
  separateStreams: false,
  ...more,
});
const checkout: PlannedStep = { ...base, kind: 'checkout', name: 'checkout' };

const plan: Plan = {
  version: 1,
  source: {
    repository: 'app',
    url: 'https://git.example.org/app.git',
    branch: 'main',
    revision: 'a'.repeat(40),
    credentials: { kind: 'password', username: 'ci', secret: 'git-token' },
  },
  properties: {},
  env: {},
  secrets: ['git-token', 'npm-token'],
  steps: [checkout, sh('install', { env: { TOKEN: [{ secret: 'npm-token' }] } }), sh('build'), sh('test')],
  onSilence: 'retry',
  lostAfterMs: 1,
};

const here = { url: '/copy.git', revision: 'b'.repeat(40) };
const names = (given: Plan) => given.steps.map(({ name }) => name);

describe('a plan that is run here', () => {
  it('has its source from here, needs no credentials for it, and is heard of by nobody', () => {
    const made = planHere(plan, { source: here });
    expect(made.source).toEqual({ repository: 'app', branch: 'main', ...here });
    expect(made).toMatchObject({ secrets: ['npm-token'], onSilence: 'wait', steps: plan.steps });
    expect(planHere(plan, { source: undefined }).secrets).toEqual(['git-token', 'npm-token']);
  });

  it('has only the chosen steps, after a checkout that keeps what steps before them have made', () => {
    const from = planHere(plan, { source: here, from: 'test' });
    expect(names(from)).toEqual(['checkout', 'test']);
    expect(from.steps[0]).toMatchObject({ mode: 'clean' });
    expect(from.secrets).toBeUndefined();
    expect(names(planHere(plan, { source: here, only: ['build', 'install'] }))).toEqual([
      'checkout',
      'install',
      'build',
    ]);
    expect(names(planHere(plan, { source: here, until: 2 }))).toEqual(['checkout', 'install', 'build']);
    expect(() => planHere(plan, { source: here, only: ['tests'] })).toThrow(
      'there is no step "tests"; the steps are "checkout", "install", "build", "test".',
    );
  });

  it('checks nothing out in place, and refuses where the steps would not find the source', () => {
    expect(names(planHere(plan, { source: undefined, inPlace: true }))).toEqual(['install', 'build', 'test']);
    const below = { ...plan, steps: [{ ...checkout, folder: 'src' }, sh('x')] };
    expect(() => planHere(below, { source: undefined, inPlace: true })).toThrow('into a folder below');
    const nothing = { ...plan, steps: [checkout] };
    expect(() => planHere(nothing, { source: undefined, inPlace: true })).toThrow('nothing is left');
  });
});

describe('secrets', () => {
  const config = [{ name: 'npm-token', source: { env: 'NPM' }, builders: ['*'], trust: ['default'] }];
  const read = (source: object): string => {
    if ('env' in source && source.env === 'NPM') return 'from the config';
    throw new Error('none');
  };

  it('come from the environment, else from where the config has them', () => {
    expect(secretVariable('npm-token')).toBe('MILLRACE_SECRET_NPM_TOKEN');
    expect(secretsHere(['npm-token'], { MILLRACE_SECRET_NPM_TOKEN: 'mine' }, config, read)).toEqual({
      'npm-token': 'mine',
    });
    expect(secretsHere(['npm-token'], {}, config, read)).toEqual({ 'npm-token': 'from the config' });
  });

  it('that are missing are told all at once, with the variables to set', () => {
    expect(() => secretsHere(['a', 'b.c'], {}, config, read)).toThrow(
      'secrets are missing here:\n  a: set MILLRACE_SECRET_A\n  b.c: set MILLRACE_SECRET_B_C',
    );
  });
});
