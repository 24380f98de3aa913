import type { Plan, PlannedSh } from '@millrace/protocol/plan';
import { expect, it } from 'vitest';
import type { Config, Planned } from '../config.ts';
import { diffConfigs } from './diff-configs.ts';

const plans = (byName: Readonly<Record<string, Planned>>) => new Map(Object.entries(byName));
const configOf = (parts: Record<string, unknown>) => parts as unknown as Config;

const sh = (name: string, other: Partial<PlannedSh> = {}): PlannedSh => ({
  kind: 'sh',
  name,
  command: { line: name },
  folder: '',
  separateStreams: false,
  limits: {},
  killGraceMs: 1,
  logBytesMax: 1,
  env: {},
  always: false,
  ...other,
});

function planned(steps: readonly PlannedSh[], env: Plan['env'] = {}): Planned {
  const plan: Plan = { version: 1, properties: {}, env, steps, onSilence: 'retry', lostAfterMs: 1 };
  return { kind: 'planned', plan, hash: JSON.stringify(plan), generation: 'g' };
}

it('tells by name what is new, gone and other, in whatever lists and fields a config has', () => {
  const before = configOf({
    lostAfterMs: 1_000,
    builders: [
      { name: 'linux', workers: ['one', 'two'], priority: 0, properties: { flavour: 'plain' } },
      { name: 'mac' },
    ],
    oddities: [{ name: 'old' }],
  });
  const after = configOf({
    lostAfterMs: 2_000,
    builders: [{ name: 'linux', workers: ['two', 'three'], priority: 5, properties: { flavour: 'spicy' } }],
    oddities: [{ name: 'new' }],
  });
  expect(diffConfigs({ config: before, plans: plans({}) }, { config: after, plans: plans({}) })).toEqual({
    settings: [{ path: 'lostAfterMs', before: '1000', after: '2000' }],
    nouns: [
      {
        noun: 'builder',
        name: 'linux',
        kind: 'changed',
        plan: null,
        fields: [
          {
            path: 'workers',
            before: '["one","two"]',
            after: '["two","three"]',
            added: ['three'],
            removed: ['one'],
          },
          { path: 'priority', before: '0', after: '5' },
          { path: 'properties.flavour', before: '"plain"', after: '"spicy"' },
        ],
      },
      { noun: 'builder', name: 'mac', kind: 'removed', fields: [], plan: null },
      { noun: 'oddity', name: 'new', kind: 'added', fields: [], plan: null },
      { noun: 'oddity', name: 'old', kind: 'removed', fields: [], plan: null },
    ],
    leftOff: 0,
  });
});

it('tells which steps of a plan are other, though nothing else of the builder is', () => {
  const config = configOf({ builders: [{ name: 'linux' }] });
  const before = planned([sh('build'), sh('test', { limits: { totalMs: 1 } }), sh('lint')], { CI: '1' });
  const after = planned([sh('build'), sh('test', { limits: { totalMs: 2 } }), sh('publish'), sh('tidy')], {
    CI: '2',
  });
  const { nouns } = diffConfigs(
    { config, plans: plans({ linux: before }) },
    { config, plans: plans({ linux: after }) },
  );
  expect(nouns).toMatchObject([
    {
      name: 'linux',
      kind: 'changed',
      fields: [],
      plan: {
        failure: null,
        fields: [{ path: 'env.CI', before: '"1"', after: '"2"' }],
        steps: [
          { name: 'test', kind: 'changed', fields: [{ path: 'limits.totalMs', before: '1', after: '2' }] },
          { name: 'publish', kind: 'added' },
          { name: 'tidy', kind: 'added' },
          { name: 'lint', kind: 'removed' },
        ],
      },
    },
  ]);
});

it('takes a step in the same place for the one that it was, and tells another order', () => {
  const config = configOf({ builders: [{ name: 'linux' }] });
  const of = (steps: readonly PlannedSh[]) => ({ config, plans: plans({ linux: planned(steps) }) });
  const renamed = diffConfigs(of([sh('a'), sh('b')]), of([sh('a'), sh('c')]));
  expect(renamed.nouns[0]?.plan?.steps).toMatchObject([
    {
      name: 'c',
      kind: 'changed',
      fields: [{ path: 'name' }, { path: 'command.line', before: '"b"', after: '"c"' }],
    },
  ]);
  const moved = diffConfigs(of([sh('a'), sh('b')]), of([sh('b'), sh('a')]));
  expect(moved.nouns[0]?.plan).toMatchObject({ steps: [], fields: [{ path: 'order', before: '["a","b"]' }] });
});

it('shows no password and no whole hash', () => {
  const hash = (digit: string) => `sha256:${digit.repeat(64)}`;
  const of = (secret: string, digit: string) => ({
    config: configOf({
      repositories: [{ name: 'app', url: `https://ann:${secret}@example.org/app.git` }],
      tokens: [{ name: 'ann', hashes: [{ hash: hash(digit) }] }],
      mail: { password: secret },
    }),
    plans: plans({}),
  });
  const told = JSON.stringify(diffConfigs(of('hunter1', 'a'), of('hunter2', 'b')));
  expect(told).not.toContain('hunter');
  expect(told).not.toContain('a'.repeat(20));
  expect(told).toContain('https://ann:…@example.org');
  expect(told).toContain('sha256:aaaaaaaa…');
});
