import { FakeClock } from '@millrace/testkit/fake-clock';
import { fixedConfig } from '@millrace/testkit/fixed-config';
import { SeededRandom } from '@millrace/testkit/seeded-random';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { Config } from '../config/config.ts';
import { query, rows } from '../store/operation.ts';
import { changesAdd } from '../store/operations/changes.ts';
import { schedulersDecide, schedulersOpen } from '../store/operations/schedulers.ts';
import { takeLease } from '../store/operations/leases.ts';
import { openSqliteInPlace } from '../store/sqlite/in-place.ts';
import type { Store } from '../store/store.ts';
import { SchedulerLoop } from './scheduler-loop.ts';

const config = {
  builders: [
    { name: 'linux', priority: 5 },
    { name: 'mac', priority: 0 },
  ],
  schedulers: [
    {
      name: 'pushes',
      kind: 'on-change',
      repository: 'app',
      branches: ['main', 'release/*'],
      builders: ['linux', 'mac'],
      priority: 1,
    },
  ],
} as unknown as Config;

interface RequestRow {
  readonly builder: string;
  readonly priority: number;
  readonly branch: string;
  readonly revision: string;
  readonly reason: string;
}
const readRequests = query('test.requests', () =>
  rows<RequestRow>(
    `select r.builder, r.priority, b.branch, b.revision, b.reason
     from requests r join buildsets b on b.id = r.buildset order by r.id`,
  ),
);

let clock: FakeClock;
let store: Store;
let ends: (() => Promise<void>)[];
let troubles: unknown[];

beforeEach(() => {
  clock = new FakeClock();
  store = openSqliteInPlace({ folder: null, clock, random: new SeededRandom(1) });
  ends = [];
  troubles = [];
});
afterEach(async () => {
  for (const end of ends) await end();
  await store.close();
  expect(clock.pending).toBe(0);
  expect(troubles).toEqual([]);
});

function start(): () => Promise<void> {
  const stop = new AbortController();
  const loop = new SchedulerLoop({
    master: 'one',
    store,
    config: fixedConfig(config),
    clock,
    onTrouble: (error) => troubles.push(error),
  });
  const running = loop.run(stop.signal);
  const end = async (): Promise<void> => {
    stop.abort();
    await running;
  };
  ends.push(end);
  return end;
}

const change = (branch: string, revision: string, repository = 'app') =>
  store.do(changesAdd, {
    repository,
    branch,
    revision,
    author: 'Ann <ann@x>',
    message: 'Mend the mill\n\nIt leaked.',
    committedAt: null,
    files: [],
  });

const built = async () =>
  (await store.do(readRequests, undefined)).map(
    ({ builder, branch, revision }) => `${builder} ${branch} ${revision}`,
  );

it('builds each change on its branches with each of its builders, at exactly its revision', async () => {
  start();
  await clock.advance(0);
  await change('main', 'a1');
  await change('topic', 'b1');
  await change('main', 'c1', 'another');
  await change('release/2', 'd1');
  await clock.advance(0);
  expect(await built()).toEqual(['linux main a1', 'mac main a1', 'linux release/2 d1', 'mac release/2 d1']);
  expect((await store.do(readRequests, undefined))[0]).toMatchObject({
    priority: 6,
    reason: 'main a1 by Ann: Mend the mill',
  });
});

it('begins at the newest change, and takes up what came while no master ran', async () => {
  await change('main', 'old');
  const end = start();
  await clock.advance(0);
  await end();
  await change('main', 'new');
  start();
  await clock.advance(0);
  expect(await built()).toEqual(['linux main new', 'mac main new']);
});

it('builds a change once, however often it is told', async () => {
  start();
  await clock.advance(0);
  expect(await change('main', 'a1')).toMatchObject({ added: true });
  expect(await change('main', 'a1')).toMatchObject({ added: false });
  await clock.advance(10_000);
  expect(await built()).toEqual(['linux main a1', 'mac main a1']);
});

it('decides about a place in the changes once: the second decision does nothing', async () => {
  const taken = await store.do(takeLease, { name: 'schedulers', holder: 'one', ttlMs: 1_000 });
  const lease = { name: 'schedulers', holder: 'one', fence: taken.kind === 'held' ? taken.fence : 0 };
  const from = (await store.do(schedulersOpen, { lease, name: 'pushes' })) ?? -1;
  const decision = { lease, name: 'pushes', from, to: from + 1, buildsets: [] };
  expect(await store.do(schedulersDecide, decision)).toEqual({ kind: 'decided' });
  expect(await store.do(schedulersDecide, decision)).toEqual({ kind: 'moved' });
  await clock.advance(2_000);
  await expect(store.do(schedulersDecide, { ...decision, from: from + 1 })).rejects.toMatchObject({
    code: 'lease-lost',
  });
});
