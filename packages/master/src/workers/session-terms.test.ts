import { createHash } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { FromAgent, FromMaster } from '@millrace/protocol/agent/messages';
import { ConnectionPair } from '@millrace/testkit/connection-pair';
import { FakeClock, settle } from '@millrace/testkit/fake-clock';
import { SeededRandom } from '@millrace/testkit/seeded-random';
import type { TokenHash } from '../config/access-config.ts';
import type { Config, WorkerConfig } from '../config/config.ts';
import { eventsStart } from '../store/operations/event-place.ts';
import { readEvents } from '../store/operations/events.ts';
import { listWorkers } from '../store/operations/read-workers.ts';
import { openSqliteInPlace } from '../store/sqlite/in-place.ts';
import type { Store } from '../store/store.ts';
import { AgentSessions } from './agent-sessions.ts';
import { storeForAgents } from './agent-store.ts';

const hour = 3_600_000;
const hashOf = (token: string, expiresAt: number | null = null): TokenHash => ({
  hash: `sha256:${createHash('sha256').update(token).digest('hex')}`,
  expiresAt,
});

let clock: FakeClock;
let store: Store;
let sessions: AgentSessions;
let workers: WorkerConfig[];
let troubles: unknown[];

beforeEach(() => {
  clock = new FakeClock();
  store = openSqliteInPlace({ folder: null, clock, random: new SeededRandom(1) });
  workers = [{ name: 'far', tokenHashes: [hashOf('old'), hashOf('new')], trust: 'default' }];
  troubles = [];
  sessions = new AgentSessions({
    master: 'm',
    store: storeForAgents(store),
    secrets: { of: () => ({}) },
    clock,
    config: { get: () => ({ lostAfterMs: 120_000, workers }) as unknown as Config },
    onTrouble: (error) => troubles.push(error),
  });
});
afterEach(async () => {
  await sessions.close();
  await store.close();
  expect(clock.pending).toBe(0);
});

/** An agent that says hello with a token, and what it heard. */
async function agent(given: { token?: string; spool?: string; clockOffsetMs?: number } = {}) {
  const pair = new ConnectionPair();
  const heard: FromMaster[] = [];
  const state = { closed: false };
  pair.right.listen(sessions.accept(pair.right.connection, { token: given.token ?? 'old', loopback: false }));
  pair.left.listen({
    onMessage: (message) => heard.push(JSON.parse(message as string) as FromMaster),
    onDrain: () => undefined,
    onClose: () => {
      state.closed = true;
    },
  });
  const hello: FromAgent = {
    type: 'hello',
    version: 1,
    worker: 'far',
    spool: given.spool ?? 'spool',
    slots: 1,
    facts: { os: 'linux', architecture: 'x64', hostname: 'host', cpus: 1, memoryBytes: 1, version: '0' },
    journals: [],
    room: { accepts: true },
    clock: clock.now() + (given.clockOffsetMs ?? 0),
  };
  const say = (message: FromAgent): Promise<void> => {
    pair.left.connection.send(JSON.stringify(message));
    return settle();
  };
  await say(hello);
  await settle();
  return { heard, state, say };
}

async function events(): Promise<readonly { readonly type: string; readonly data: unknown }[]> {
  const page = await store.do(readEvents, { after: eventsStart, limit: 100, filter: {} });
  return page.events.map(({ type, data }) => ({ type, data: JSON.parse(data) as unknown }));
}

describe("a worker's terms", () => {
  test('while one token takes the place of another, both let it in; later the old one alone does not', async () => {
    expect((await agent({ token: 'old' })).heard).toMatchObject([{ type: 'welcome' }]);
    expect((await agent({ token: 'new' })).heard).toMatchObject([{ type: 'welcome' }]);
    workers = [{ name: 'far', tokenHashes: [hashOf('new')], trust: 'default' }];
    expect((await agent({ token: 'old' })).heard).toMatchObject([{ type: 'refusal', code: 'wrong-token' }]);
  });

  test('a token that ends soon is told of at hello, and one that has ended with its day', async () => {
    const end = clock.now() + 30_000;
    workers = [{ name: 'far', tokenHashes: [hashOf('old', end)], trust: 'default' }];
    const let_in = await agent();
    expect(let_in.heard).toMatchObject([
      { type: 'welcome', notes: [expect.stringMatching(/token of "far" expires on \d{4}-/u)] },
    ]);
    await clock.advance(30_000);
    // It is looked at again with the next heartbeat.
    await let_in.say({ type: 'heartbeat', number: 1 });
    const refusal = {
      type: 'refusal',
      code: 'wrong-token',
      message: expect.stringMatching(/expired on \d{4}-/u),
    };
    expect(let_in.heard.at(-1)).toMatchObject(refusal);
    expect(let_in.state.closed).toBe(true);
    expect((await agent()).heard).toMatchObject([refusal]);
  });

  test('who is taken out of the config, or loses its token, is sent away at once', async () => {
    const first = await agent();
    sessions.reconsider();
    expect(first.state.closed).toBe(false);
    workers = [{ name: 'far', tokenHashes: [hashOf('other')], trust: 'default' }];
    sessions.reconsider();
    await settle();
    expect(first.heard.at(-1)).toMatchObject({ type: 'refusal', code: 'wrong-token' });
  });

  test('another level of trust counts from the next hello, which follows at once', async () => {
    const first = await agent();
    workers = [{ ...(workers[0] as WorkerConfig), trust: 'release' }];
    sessions.reconsider();
    await settle();
    expect(first.heard.at(-1)).toMatchObject({ type: 'refusal', code: 'store-trouble' });
    await agent();
    expect(await store.do(listWorkers, undefined)).toMatchObject([{ name: 'far', trust: 'release' }]);
  });

  test('a clock that is an hour off is told of on both sides, and nothing else comes of it', async () => {
    const off = await agent({ clockOffsetMs: -hour });
    expect(off.heard).toMatchObject([
      { type: 'welcome', notes: [expect.stringContaining('60 min behind the master')] },
    ]);
    expect(await store.do(listWorkers, undefined)).toMatchObject([{ connected: true, clockOffsetMs: -hour }]);
    await agent({ clockOffsetMs: -hour });
    const told = (await events()).filter(({ type }) => type === 'worker.clock');
    expect(told).toEqual([{ type: 'worker.clock', data: { offsetMs: -hour } }]);
    await agent({ clockOffsetMs: 500 });
    expect(await store.do(listWorkers, undefined)).toMatchObject([{ clockOffsetMs: 500 }]);
  });

  test('a second machine of its name is refused, and both logs and an event tell of it, once', async () => {
    const first = await agent();
    for (let turn = 0; turn < 3; turn++) {
      const second = await agent({ spool: 'other machine' });
      expect(second.heard).toMatchObject([
        {
          type: 'refusal',
          code: 'name-taken',
          message: expect.stringContaining('Another machine is the worker "far"'),
        },
      ]);
      expect(second.state.closed).toBe(true);
    }
    expect(first.state.closed).toBe(false);
    expect(first.heard.filter(({ type }) => type === 'note')).toMatchObject([
      { message: expect.stringContaining('wanted to be the worker "far" too') },
    ]);
    expect(troubles.map(String)).toEqual([expect.stringContaining('wanted to be the worker "far" too')]);
    expect((await events()).filter(({ type }) => type === 'worker.refused')).toHaveLength(1);
  });

  test('a worker that says hello again and again is told that it is too often', async () => {
    let last: FromMaster | undefined;
    for (let turn = 0; turn <= 60; turn++) last = (await agent()).heard[0];
    expect(last).toMatchObject({ type: 'refusal', code: 'too-many-hellos' });
    await clock.advance(1_000);
    expect((await agent()).heard).toMatchObject([{ type: 'welcome' }]);
  });
});
