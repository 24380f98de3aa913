import type { FromAgent, FromMaster } from '@millrace/protocol/agent/messages';
import { WrittenJournal } from '@millrace/testkit/conformance/running-build';
import { ConnectionPair } from '@millrace/testkit/connection-pair';
import { FakeClock, settle } from '@millrace/testkit/fake-clock';
import { Rows } from '@millrace/testkit/rows';
import { SeededRandom } from '@millrace/testkit/seeded-random';
import { frameHeadBytes, writeFrameHead } from '@millrace/protocol/agent/frame';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Config } from '../config/config.ts';
import { operation, run } from '../store/operation.ts';
import { readBuild } from '../store/operations/read-builds.ts';
import { openSqliteInPlace } from '../store/sqlite/in-place.ts';
import type { Store } from '../store/store.ts';
import { AgentSessions } from './agent-sessions.ts';
import { storeForAgents } from './agent-store.ts';

const entry = { name: 'w1', tokenHashes: [], trust: 'default' };
const depart = operation('test.depart', () =>
  run('update workers set former = ? where name = ?', JSON.stringify(entry), entry.name),
);

let clock: FakeClock;
let store: Store;
let sessions: AgentSessions;
let config: Pick<Config, 'workers' | 'lostAfterMs'>;

beforeEach(() => {
  clock = new FakeClock();
  store = openSqliteInPlace({ folder: null, clock, random: new SeededRandom(1) });
  config = { lostAfterMs: 120_000, workers: [entry] };
  sessions = new AgentSessions({
    master: 'm1',
    store: storeForAgents(store),
    secrets: { of: () => ({}) },
    clock,
    config: { get: () => config as Config },
    onTrouble: (error) => expect.fail(String(error)),
  });
});
afterEach(async () => {
  await sessions.close();
  await store.close();
  expect(clock.pending).toBe(0);
});

async function agent(journals: Extract<FromAgent, { type: 'hello' }>['journals'] = []) {
  const pair = new ConnectionPair();
  const heard: FromMaster[] = [];
  pair.right.listen(sessions.accept(pair.right.connection, { token: null, loopback: true }));
  pair.left.listen({
    onMessage: (message) => heard.push(JSON.parse(message as string) as FromMaster),
    onDrain: () => undefined,
    onClose: () => undefined,
  });
  const hello: FromAgent = {
    type: 'hello',
    version: 1,
    worker: 'w1',
    spool: 'spool of w1',
    slots: 4,
    facts: { os: 'linux', architecture: 'x64', hostname: 'host', cpus: 1, memoryBytes: 1, version: '0' },
    journals,
    room: { accepts: true },
  };
  pair.left.connection.send(JSON.stringify(hello));
  await turns();
  return { heard, send: (bytes: Uint8Array) => pair.left.connection.send(bytes) };
}

async function turns(): Promise<void> {
  for (let turn = 0; turn < 10; turn++) await settle();
}

test('a worker that has left the config and builds nothing is sent away', async () => {
  const { heard } = await agent();
  config = { ...config, workers: [] };
  await store.do(depart, undefined);
  sessions.reconsider();
  await turns();
  expect(heard.at(-1)).toMatchObject({ type: 'refusal', code: 'unknown-worker' });
  expect((await agent()).heard).toMatchObject([{ type: 'refusal', code: 'unknown-worker' }]);
});

test('one that builds stays, and may come back, until its build is recorded to the end', async () => {
  const build = await new Rows(store).build({ builder: 'linux', worker: 'w1' });
  const journals = [{ build: build.id, fence: build.fence, ended: false }];
  const first = await agent(journals);
  config = { ...config, workers: [] };
  await store.do(depart, undefined);
  sessions.reconsider();
  await turns();
  expect(first.heard).toMatchObject([{ type: 'welcome' }]);
  const second = await agent(journals);
  expect(second.heard).toMatchObject([{ type: 'welcome', journals: [{ kind: 'resume' }] }]);
  const [welcome] = second.heard;
  const position =
    welcome?.type === 'welcome' && welcome.journals[0]?.kind === 'resume' && welcome.journals[0].position;
  if (!position) throw new Error('a journal is resumed');
  const end = new WrittenJournal([], clock.now(), position).add({
    kind: 'build-finished',
    result: 'success',
  });
  const records = end.bytes();
  const frame = new Uint8Array(frameHeadBytes + records.length);
  writeFrameHead(frame, { build: build.id, fence: build.fence, byte: position.byte });
  frame.set(records, frameHeadBytes);
  second.send(frame);
  await turns();
  expect(second.heard.slice(-2)).toMatchObject([
    { type: 'done', build: build.id },
    { type: 'refusal', code: 'unknown-worker' },
  ]);
  expect(await store.do(readBuild, { build: build.id })).toMatchObject({ result: 'success' });
});

test('another `lostAfterMs` is told by another welcome', async () => {
  const { heard } = await agent();
  config = { ...config, lostAfterMs: 600_000 };
  sessions.reconsider();
  await turns();
  expect(heard).toHaveLength(1);
  config = { ...config, lostAfterMs: 6_000 };
  sessions.reconsider();
  await turns();
  expect(heard.at(-1)).toMatchObject({ type: 'refusal', code: 'store-trouble' });
  expect((await agent()).heard).toMatchObject([{ type: 'welcome', lostAfterMs: 6_000, heartbeatMs: 1_000 }]);
});
