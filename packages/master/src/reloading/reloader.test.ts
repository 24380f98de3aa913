import { MillraceError } from '@millrace/kernel/errors';
import { builderConfigOf, configOf, schedulerConfigOf } from '@millrace/testkit/configs';
import { FakeClock } from '@millrace/testkit/fake-clock';
import { loadedConfig } from '@millrace/testkit/fixed-config';
import { Rows } from '@millrace/testkit/rows';
import { SeededRandom } from '@millrace/testkit/seeded-random';
import type { Reloaded } from '@millrace/protocol/api/configs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Config, Planned } from '../config/config.ts';
import { ConfigInForce } from '../config/config-in-force.ts';
import { ConfigError } from '../config/config-problem.ts';
import { changesAdd } from '../store/operations/changes.ts';
import { eventsStart } from '../store/operations/event-place.ts';
import { readEvents } from '../store/operations/events.ts';
import { listGenerations } from '../store/operations/generations.ts';
import { takeLease } from '../store/operations/leases.ts';
import { schedulersDecide, schedulersOpen } from '../store/operations/schedulers.ts';
import { openSqliteInPlace } from '../store/sqlite/in-place.ts';
import type { Store } from '../store/store.ts';
import { Reloader } from './reloader.ts';

const pushes = schedulerConfigOf({ name: 'pushes', builders: ['linux'] });
const linux = builderConfigOf({ name: 'linux' });
const first = configOf('g1', ['w1'], { builders: [linux], schedulers: [pushes] });

let clock: FakeClock;
let store: Store;
let inForce: ConfigInForce;
let reloader: Reloader;
/** What is read next. */
let file: () => Config;
let plan: (config: Config) => Planned;

beforeEach(() => {
  clock = new FakeClock();
  store = openSqliteInPlace({ folder: null, clock, random: new SeededRandom(1) });
  plan = planned;
  start(first);
});
afterEach(async () => {
  await store.close();
  expect(clock.pending).toBe(0);
});

const made = { version: 1, properties: {}, env: {}, steps: [], onSilence: 'retry', lostAfterMs: 1 } as const;
const planned = ({ generation }: Config): Planned => ({ kind: 'planned', plan: made, hash: 'h', generation });

/** A master starts, with this config. */
function start(config: Config): void {
  const load = (one: Config) => loadedConfig(one, () => plan(one));
  inForce = new ConfigInForce(load(config));
  file = () => config;
  reloader = new Reloader({
    master: 'm1',
    store,
    config: inForce,
    file: 'millrace.config.ts',
    read: async () => load(file()),
    mayServe: ({ tokens }) => {
      if (tokens.length > 0) throw new MillraceError('door-open', 'Not with these tokens.');
    },
    clock,
    onTrouble: (error) => expect.fail(String(error)),
  });
}

async function reload(config: Config, dryRun = false): Promise<Reloaded> {
  file = () => config;
  const answer = await reloader.reload({ by: 'ann', dryRun });
  if (answer.kind === 'refused') throw new Error(JSON.stringify(answer.problems));
  return answer;
}

const events = async () =>
  (await store.do(readEvents, { after: eventsStart, limit: 100, filter: {} })).events
    .filter(({ type }) => type.startsWith('config.'))
    .map(({ type, data }) => ({ type, data: JSON.parse(data) as Record<string, unknown> }));
const messages = ({ diff }: Reloaded) => diff.consequences.map(({ message }) => message);
const change = (revision: string) =>
  store.do(changesAdd, {
    repository: 'app',
    branch: 'main',
    revision,
    author: 'Ann',
    message: '',
    committedAt: null,
    files: [],
  });

describe('a reload', () => {
  it('brings another config into force, records what it changed, and says nothing of one that is the same', async () => {
    await reloader.begin();
    const seen: string[] = [];
    inForce.onChange(() => seen.push(inForce.get().generation));
    const answer = await reload({ ...first, generation: 'g2', builders: [{ ...linux, priority: 7 }] });
    expect(answer).toMatchObject({
      kind: 'reloaded',
      before: 'g1',
      after: 'g2',
      diff: { nouns: [{ noun: 'builder', name: 'linux', kind: 'changed', fields: [{ path: 'priority' }] }] },
    });
    expect(seen).toEqual(['g2']);
    expect(await reload({ ...inForce.get() })).toMatchObject({ kind: 'unchanged' });
    expect(await events()).toMatchObject([
      { type: 'config.loaded', data: { before: null, after: 'g1' } },
      { type: 'config.reloaded', data: { before: 'g1', after: 'g2', by: 'ann', counts: { changed: 1 } } },
    ]);
    expect(await store.do(listGenerations, { master: 'm1', limit: 10 })).toMatchObject([
      { generation: 'g2', before: 'g1', how: 'reload', by: 'ann', diff: { nouns: [{ name: 'linux' }] } },
      { generation: 'g1', before: null, how: 'start' },
    ]);
  });

  it('waits for the config of the start, where somebody asks before that is in force', async () => {
    const asked = reload({ ...first, generation: 'g2', builders: [] });
    await reloader.begin();
    expect(await asked).toMatchObject({ kind: 'reloaded', before: 'g1', after: 'g2' });
    expect((await events()).map(({ type, data }) => [type, data['after']])).toEqual([
      ['config.loaded', 'g1'],
      ['config.reloaded', 'g2'],
    ]);
  });

  it('changes nothing where it is a dry run', async () => {
    await reloader.begin();
    const answer = await reload({ ...first, generation: 'g2', builders: [] }, true);
    expect(answer).toMatchObject({ kind: 'checked', diff: { nouns: [{ name: 'linux', kind: 'removed' }] } });
    expect(inForce.get()).toBe(first);
    expect(await events()).toHaveLength(1);
  });

  it('changes nothing where the config has a mistake, and says where and what', async () => {
    await reloader.begin();
    const problems = [{ path: 'builders[0].workers[0]', message: 'unknown worker "w9"' }];
    file = () => {
      throw new ConfigError('config-invalid', 'millrace.config.ts', problems);
    };
    expect(await reloader.reload({ by: 'ann' })).toEqual({
      kind: 'refused',
      code: 'config-invalid',
      file: 'millrace.config.ts',
      problems,
    });
    expect(inForce.get()).toBe(first);
    expect((await events()).at(-1)).toMatchObject({
      type: 'config.reload-failed',
      data: { before: 'g1', after: 'g1', problems: ['builders[0].workers[0]: unknown worker "w9"'] },
    });
  });

  it('refuses a config with which this process could not have begun', async () => {
    await reloader.begin();
    file = () => ({ ...first, generation: 'g2', tokens: [{ name: 'ann', hashes: [], scopes: ['read'] }] });
    expect(await reloader.reload({ by: null })).toMatchObject({
      kind: 'refused',
      problems: [{ path: '', message: 'Not with these tokens.' }],
    });
  });

  it('refuses steps that cannot be made any more, and lets those pass that could not be made before', async () => {
    plan = (config) =>
      config.generation === 'g2' ? { kind: 'failed', message: 'The steps threw.' } : planned(config);
    await reloader.begin();
    file = () => ({ ...first, generation: 'g2' });
    expect(await reloader.reload({ by: null })).toMatchObject({
      kind: 'refused',
      problems: [{ path: 'builders[0].steps', message: 'The steps threw.' }],
    });
    plan = () => ({ kind: 'failed', message: 'The steps threw.' });
    expect(await reload({ ...first, generation: 'g3' })).toMatchObject({
      kind: 'reloaded',
      diff: { consequences: [{ kind: 'plan-fails', name: 'linux' }] },
    });
  });

  it('tells what will no longer run', async () => {
    const rows = new Rows(store);
    await reloader.begin();
    await rows.build({ builder: 'linux', worker: 'w1' });
    for (let count = 0; count < 3; count++) await rows.request({ builder: 'linux' });
    await change('a');
    await decideAll();
    const answer = await reload(
      configOf('g2', ['w2'], {
        builders: [builderConfigOf({ name: 'mac', workers: ['w2'] })],
        schedulers: [schedulerConfigOf({ name: 'nightly', builders: ['mac'], branches: ['release'] })],
      }),
    );
    expect(messages(answer)).toEqual([
      '3 requests for builder "linux" will wait: it is not in the config. They go on when the name returns, or can be cancelled.',
      '1 running build of builder "linux" will go on to the end.',
      'Worker "w1" is sent away when its 1 running build has ended.',
      'Scheduler "pushes" will build no more changes.',
      'Scheduler "nightly" begins with the next change.',
      'Nobody builds new changes on branch "main" of repository "app" any more.',
    ]);
    await change('b');
    await decideAll('nightly');
    const back = await reload({ ...first, generation: 'g3' });
    expect(messages(back)).toEqual([
      '3 requests that waited for builder "linux" can be built again.',
      'Scheduler "nightly" will build no more changes.',
      'Scheduler "pushes" returns, and begins with the next change. 1 change that came while it was away will not be built.',
    ]);
    expect(await open()).toBe(2);
  });

  it('waits for a scheduler that leaves until it has looked at every change, but not for long', async () => {
    await reloader.begin();
    await change('a');
    const gone = { ...first, generation: 'g2', schedulers: [] };
    let answer: Reloaded | undefined;
    void reload(gone).then((given) => (answer = given));
    await clock.advance(1_000);
    expect(answer).toBeUndefined();
    await decideAll();
    await clock.advance(100);
    expect(answer).toMatchObject({ kind: 'reloaded' });
    expect(await open()).toBeNull();
    await reload({ ...first, generation: 'g3' });
    await change('b');
    void reload({ ...gone, generation: 'g4' }).then((given) => (answer = given));
    await clock.advance(6_000);
    expect(answer).toMatchObject({ after: 'g4' });
  });

  it('lets no more than a few wait', async () => {
    await reloader.begin();
    const all = await Promise.allSettled(Array.from({ length: 20 }, () => reloader.reload({ by: null })));
    const refused = all.filter((one) => one.status === 'rejected');
    expect(refused).toHaveLength(4);
    expect(refused[0]?.reason).toMatchObject({ code: 'reload-busy' });
  });
});

describe('a start', () => {
  it('tells what has changed since the master last had a config, and keeps the cursors of schedulers', async () => {
    await reloader.begin();
    await change('a');
    start({ ...first, generation: 'g2', lostAfterMs: 60_000 });
    await reloader.begin();
    start({ ...first, generation: 'g2', lostAfterMs: 60_000 });
    await reloader.begin();
    expect(await store.do(listGenerations, { master: 'm1', limit: 10 })).toMatchObject([
      {
        generation: 'g2',
        before: 'g1',
        how: 'start',
        diff: { settings: [{ path: 'lostAfterMs' }], nouns: [] },
      },
      { generation: 'g1' },
    ]);
    expect(await open()).toBe(0);
  });
});

async function lease() {
  const taken = await store.do(takeLease, { name: 'schedulers', holder: 'm1', ttlMs: 60_000 });
  return { name: 'schedulers', holder: 'm1', fence: taken.kind === 'held' ? taken.fence : 0 };
}

/** Where a scheduler stands; null: it is in no config. */
async function open(name = 'pushes'): Promise<number | null> {
  return store.do(schedulersOpen, { lease: await lease(), name });
}

/** A scheduler looks at the change that is new, and does not build it. */
async function decideAll(name = 'pushes'): Promise<void> {
  const from = (await open(name)) ?? 0;
  const decision = { lease: await lease(), name, from, to: from + 1, buildsets: [] };
  expect(await store.do(schedulersDecide, decision)).toEqual({ kind: 'decided' });
}
