import { assert } from '@millrace/kernel/assert';
import { defaultRateLimits } from '../config/access-config.ts';
import type { Plan } from '@millrace/protocol/plan';
import { FakeClock, settle } from '@millrace/testkit/fake-clock';
import { fixedConfig, loadedConfig } from '@millrace/testkit/fixed-config';
import { SeededRandom } from '@millrace/testkit/seeded-random';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { BuilderConfig, Config, PlanInput } from '../config/config.ts';
import { openSqliteInPlace } from '../store/sqlite/in-place.ts';
import { addChangeOnce } from '../store/operations/add-change-once.ts';
import { buildsetsAddClaimed } from '../store/operations/add-claimed.ts';
import { buildsetsAdd } from '../store/operations/buildsets.ts';
import type { NewBuildset } from '../store/operations/buildsets.ts';
import { claim } from '../store/operations/claim.ts';
import { planToKeep } from '../store/operations/plan-to-keep.ts';
import { hello } from '../store/operations/workers.ts';
import type { FreeSlot } from '../model/choose.ts';
import type { Store } from '../store/store.ts';
import { Dispatcher } from './dispatcher.ts';
import type { NextBuild } from './next-builds.ts';

const plan: Plan = {
  version: 1,
  properties: {},
  env: {},
  steps: [],
  onSilence: 'retry',
  lostAfterMs: 30_000,
};
const planned = {
  planHash: 'f'.repeat(64),
  plan: planToKeep(plan),
  generation: 'g',
  retriesMax: 0,
  retryFirstMs: 0,
};

const config: Config = {
  generation: 'g',
  lostAfterMs: 30_000,
  repositories: [],
  workers: [],
  builders: [builder('anywhere', ['ash', 'birch']), builder('on-ash', ['ash'])],
  schedulers: [],
  hooks: [],
  tokens: [],
  secrets: [],
  publicRead: false,
  rateLimits: defaultRateLimits,
  tls: null,
};

let clock: FakeClock;
let store: Store;

beforeEach(() => {
  clock = new FakeClock();
  store = openSqliteInPlace({ folder: null, clock, random: new SeededRandom(1) });
});
afterEach(() => store.close());

it('gives a slot to another request at once where another master was faster with the first', async () => {
  await connect('ash', 'here');
  const elsewhere = await connect('birch', 'there');
  const first = await request('anywhere');
  await request('on-ash');
  const given: string[] = [];
  const dispatcher = new Dispatcher({
    master: 'here',
    store,
    clock,
    config: fixedConfig(config),
    workers: { run: (worker, order) => given.push(`${order.builder} to ${worker}`) },
    planner: {
      plan: async ({ builder }: PlanInput) => {
        const assignment = { request: first, worker: 'birch', session: elsewhere, slot: 0, ...planned };
        if (builder === 'anywhere') await store.do(claim, { assignments: [assignment] });
        return { kind: 'planned', plan, hash: planned.planHash, generation: 'g' };
      },
    },
    onTrouble: (error) => given.push(String(error)),
  });
  const stop = new AbortController();
  const running = dispatcher.run(stop.signal);
  for (let turn = 0; turn < 10; turn++) await settle();
  stop.abort();
  await running;
  expect(given).toEqual(['on-ash to ash']);
});

it('leaves alone what was chosen by a config that went out of force meanwhile, and chooses anew', async () => {
  await connect('ash', 'here');
  await request('anywhere');
  const next: Config = { ...config, generation: 'h' };
  const inForce = fixedConfig(config);
  const given: string[] = [];
  const dispatcher = new Dispatcher({
    master: 'here',
    store,
    clock,
    config: inForce,
    workers: { run: (worker, order) => given.push(`${order.builder} to ${worker}`) },
    planner: {
      plan: async () => {
        if (inForce.get() === next) return { kind: 'planned', plan, hash: planned.planHash, generation: 'h' };
        await inForce.enter(loadedConfig(next));
        return { kind: 'failed', message: 'The code that would plan it is gone.' };
      },
    },
    onTrouble: (error) => given.push(String(error)),
  });
  const stop = new AbortController();
  const running = dispatcher.run(stop.signal);
  for (let turn = 0; turn < 10; turn++) await settle();
  stop.abort();
  await running;
  expect(given).toEqual(['anywhere to ash']);
});

it('tells whoever makes a plan which files the change touched that is built', async () => {
  await connect('ash', 'here');
  const source = { repository: 'app', branch: 'main', revision: 'a'.repeat(40) };
  const change = { ...source, author: 'ann', message: 'm', committedAt: null, files: ['docs/a.md'] };
  await store.do(addChangeOnce, { change, idempotency: null });
  await request('on-ash');
  const told: unknown[] = [];
  const dispatcher = new Dispatcher({
    master: 'here',
    store,
    clock,
    config: fixedConfig(config),
    workers: { run: () => undefined },
    planner: {
      plan: async ({ changedFiles }: PlanInput) => {
        told.push(changedFiles);
        return { kind: 'planned', plan, hash: planned.planHash, generation: 'g' };
      },
    },
    onTrouble: (error) => told.push(error),
  });
  const stop = new AbortController();
  const running = dispatcher.run(stop.signal);
  for (let turn = 0; turn < 10; turn++) await settle();
  stop.abort();
  await running;
  expect(told).toEqual([{ files: ['docs/a.md'], complete: true }]);
});

describe('what is asked for while nobody waits', () => {
  const given: string[] = [];
  const stop = { all: new AbortController() };
  let dispatcher: Dispatcher;
  let running: Promise<void>;

  beforeEach(() => {
    given.length = 0;
    stop.all = new AbortController();
    dispatcher = new Dispatcher({
      master: 'here',
      store,
      clock,
      config: fixedConfig(config),
      workers: { run: (worker, order) => given.push(`${order.builder} to ${worker}`) },
      planner: {
        plan: async ({ builder: name }: PlanInput) =>
          name === 'on-ash'
            ? { kind: 'planned', plan, hash: planned.planHash, generation: 'g' }
            : { kind: 'failed', message: 'It has no plan.' },
      },
      onTrouble: (error) => given.push(String(error)),
    });
  });
  const begin = async (): Promise<void> => {
    running = dispatcher.run(stop.all.signal);
    for (let turn = 0; turn < 10; turn++) await settle();
  };
  const end = async (): Promise<void> => {
    stop.all.abort();
    await running;
  };
  const ask = (name: string): Promise<unknown> =>
    dispatcher.atOnce({ builder: name, source: null, properties: {} }, (place) =>
      store.do(buildsetsAddClaimed, { buildset: asked(name), idempotency: null, claim: place }),
    );

  it('is added and given out by one commit, to a slot that is free', async () => {
    await connect('ash', 'here');
    await begin();
    expect(await ask('on-ash')).toMatchObject({ added: { kind: 'done' }, claimed: { kind: 'claimed' } });
    expect(given).toEqual(['on-ash to ash']);
    await end();
  });

  it('waits its turn where no slot is free, no plan can be made, or nobody dispatches', async () => {
    await connect('ash', 'here');
    await begin();
    expect(await ask('anywhere')).toBeUndefined();
    await ask('on-ash');
    for (let turn = 0; turn < 10; turn++) await settle();
    expect(await ask('on-ash')).toBeUndefined();
    await end();
    expect(await ask('on-ash')).toBeUndefined();
    expect(given).toEqual(['on-ash to ash']);
  });

  it('goes past nobody, and one at a time: of two, the other waits', async () => {
    await connect('ash', 'here');
    await begin();
    dispatcher.wake();
    expect(await ask('on-ash')).toBeUndefined();
    for (let turn = 0; turn < 10; turn++) await settle();
    const both = await Promise.all([ask('on-ash'), ask('on-ash')]);
    expect(both).toMatchObject([{ claimed: { kind: 'claimed' } }, undefined]);
    await end();
  });

  it('is waited for by the end', async () => {
    await connect('ash', 'here');
    await begin();
    const answer = ask('on-ash');
    await end();
    // What was not begun by then waits for the next start.
    expect((await answer) === undefined).toBe(given.length === 0);
  });
});

describe('a slot that is about to be free', () => {
  const given: string[] = [];
  let stop: AbortController;
  let dispatcher: Dispatcher;
  let running: Promise<void>;
  let slot: FreeSlot;
  let plans: string[];

  beforeEach(async () => {
    given.length = 0;
    plans = ['on-ash', 'anywhere'];
    stop = new AbortController();
    dispatcher = new Dispatcher({
      master: 'here',
      store,
      clock,
      config: fixedConfig(config),
      workers: { run: (worker, order) => given.push(`${order.builder} to ${worker}`) },
      planner: {
        plan: async ({ builder: name }: PlanInput) =>
          plans.includes(name)
            ? { kind: 'planned', plan, hash: planned.planHash, generation: 'g' }
            : { kind: 'failed', message: 'It has no plan.' },
      },
      onTrouble: (error) => given.push(String(error)),
    });
    slot = { worker: 'ash', session: await connect('ash', 'here'), slot: 0, trust: 'default' };
    await request('on-ash');
    running = dispatcher.run(stop.signal);
    await turns();
    // Its one slot is taken; these wait for it.
    expect(given).toEqual(['on-ash to ash']);
  });
  afterEach(async () => {
    for (const one of taken.splice(0)) one.settle(null);
    stop.abort();
    await running;
  });

  const taken: NextBuild[] = [];
  /** The request that the slot builds next. */
  const next = (of: FreeSlot = slot): number | undefined => {
    const one = dispatcher.next(of);
    if (one) taken.push(one);
    return one?.assignment.request;
  };
  const turns = async (): Promise<void> => {
    for (let turn = 0; turn < 20; turn++) await settle();
  };
  /** A build that ends finds nothing set aside; from then on the next ones are known, once the dispatcher rests. */
  const ended = async (): Promise<void> => {
    expect(next()).toBeUndefined();
    dispatcher.wake();
    await turns();
  };

  it('goes to whose turn is next, each once', async () => {
    const [first, second] = [await request('on-ash'), await request('anywhere')];
    await ended();
    expect(next({ ...slot, worker: 'birch' })).toBe(second);
    expect(next()).toBe(first);
    expect(next()).toBeUndefined();
  });

  it('goes to nobody before a round has looked at what has happened', async () => {
    const first = await request('on-ash');
    await ended();
    await request('anywhere');
    expect(next()).toBeUndefined();
    await turns();
    // That it was asked for in vain is what made it read anew.
    expect(next()).toBe(first);
  });

  it('goes to nobody of another level of trust, or behind one whose plan cannot be made', async () => {
    plans = ['on-ash'];
    await request('anywhere');
    await request('on-ash');
    await ended();
    expect(next()).toBeUndefined();
    plans = ['on-ash', 'anywhere'];
    await ended();
    expect(next({ ...slot, trust: 'release' })).toBeUndefined();
    expect(next()).toBeDefined();
  });

  it('is given back where it was not claimed: a round looks again, and the end waits for it', async () => {
    const first = await request('on-ash');
    await ended();
    const one = dispatcher.next(slot);
    expect(one?.assignment.request).toBe(first);
    stop.abort();
    let over = false;
    void running.then(() => {
      over = true;
    });
    await turns();
    expect(over).toBe(false);
    one?.settle(null);
    await running;
    expect(dispatcher.next(slot)).toBeUndefined();
  });
});

async function connect(worker: string, master: string): Promise<number> {
  const answer = await store.do(hello, {
    worker,
    master,
    spool: `spool of ${worker}`,
    slots: 1,
    facts: { os: 'linux', architecture: 'x64', hostname: 'h', cpus: 1, memoryBytes: 1, version: '0' },
    journals: [],
    room: { accepts: true },
    lostAfterMs: 30_000,
  });
  assert(answer.kind === 'welcome', 'a worker is welcome');
  return answer.session;
}

async function request(builder: string): Promise<number> {
  const added = await store.do(buildsetsAdd, asked(builder));
  assert(added.kind === 'done', 'it was asked for once');
  const [made] = added.answer.requests;
  assert(made !== undefined, 'a buildset has a request for its builder');
  return made;
}

function asked(builder: string): NewBuildset {
  return {
    scheduler: null,
    reason: 'asked',
    source: { repository: 'app', branch: 'main', revision: 'a'.repeat(40) },
    properties: {},
    builders: [{ name: builder, priority: 0 }],
  };
}

function builder(name: string, workers: readonly string[]): BuilderConfig {
  return {
    name,
    workers,
    description: null,
    tags: [],
    repository: null,
    branch: null,
    priority: 0,
    onSilence: 'retry',
    retriesMax: 0,
    retryBackoffFirstMs: 0,
    properties: {},
    trust: 'default',
    visibility: 'private',
    privateProperties: [],
  };
}
