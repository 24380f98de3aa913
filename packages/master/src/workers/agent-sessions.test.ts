import { afterEach, describe, expect, test } from 'vitest';
import { createHash } from 'node:crypto';
import { frameHeadBytes, writeFrameHead } from '@millrace/protocol/agent/frame';
import type { ConnectionEvents } from '@millrace/protocol/agent/connection';
import type { FromAgent, FromMaster, RunOrder, Verdict } from '@millrace/protocol/agent/messages';
import { encodeRecord, journalStart } from '@millrace/protocol/journal/codec';
import { endsBuild } from '@millrace/protocol/journal/ends-build';
import type { Position } from '@millrace/protocol/journal/record';
import { ConnectionPair } from '@millrace/testkit/connection-pair';
import { FakeClock, settle } from '@millrace/testkit/fake-clock';
import type { Config, WorkerConfig } from '../config/config.ts';
import type { AppliedAndClaimed, ApplyTogetherInput } from '../store/operations/apply-together.ts';
import { AgentSessions } from './agent-sessions.ts';
import type { AgentSessionsParts } from './agent-sessions.ts';
import type { ApplyAnswer, ApplyInput } from '../store/operations/journal.ts';
import { planToKeep } from '../store/operations/plan-to-keep.ts';
import type { AgentStore } from './agent-store.ts';
import type { Credentials } from './authenticate.ts';

const loopback: Credentials = { token: null, loopback: true };
const secret = 'mr_secret';
const workers: WorkerConfig[] = [
  { name: 'local', tokenHashes: [], trust: 'default' },
  {
    name: 'far',
    tokenHashes: [{ hash: `sha256:${createHash('sha256').update(secret).digest('hex')}`, expiresAt: null }],
    trust: 'default',
  },
];
const plan = { version: 1, properties: {}, env: {}, steps: [], onSilence: 'retry', lostAfterMs: 1 } as const;
const order: RunOrder = {
  build: 7,
  fence: 2,
  slot: 0,
  planHash: 'a'.repeat(64),
  plan,
  builder: 'b',
  number: 1,
};

/** What is kept with a claim besides its request and its slot. */
const planned = {
  plan: planToKeep(plan),
  planHash: order.planHash,
  generation: 'g',
  retriesMax: 0,
  retryFirstMs: 0,
};

/** What an order's plan asks for, as the config's secrets answer it. */
const secrets = {
  of: ({ plan: { secrets: names = [] } }: Pick<RunOrder, 'plan'>) =>
    names.length === 0
      ? {}
      : { secrets: Object.fromEntries(names.map((name) => [name, `value of ${name}`])) },
};

function at(byte: number): Position {
  return { ...journalStart, byte };
}

/** A store whose answers the test gives, one after the other, when it likes. */
class ScriptedStore implements AgentStore {
  readonly said: string[] = [];
  readonly applied: ApplyInput[] = [];
  readonly #open: (() => void)[] = [];
  verdicts: Verdict[] = [];
  orders: RunOrder[] = [];
  /** Answers come only by {@link release}. */
  slow = false;
  session = 0;
  /** The builds of each call that was for several. */
  together: number[][] = [];
  answerApply: (input: ApplyInput) => ApplyAnswer = (input) => ({
    kind: 'applied',
    position: at(input.byte + input.records.length),
    ended: false,
  });

  async hello(input: { worker: string }) {
    await this.#turn(`hello ${input.worker}`);
    return {
      kind: 'welcome' as const,
      session: ++this.session,
      journals: this.verdicts,
      run: this.orders,
    };
  }
  async apply(input: ApplyInput): Promise<ApplyAnswer> {
    this.applied.push(input);
    await this.#turn(`apply ${input.build} ${input.byte}+${input.records.length}`);
    return this.answerApply(input);
  }
  async applyTogether(input: ApplyTogetherInput): Promise<readonly AppliedAndClaimed[]> {
    const { worker, session, pieces } = input;
    this.together.push(pieces.map(({ build }) => build));
    let from = 0;
    return Promise.all(
      pieces.map(async ({ build, fence, byte, length, claim }) => {
        const records = input.records.subarray(from, from + length);
        from += length;
        const applied = await this.apply({ worker, session, build, fence, byte, records });
        if (claim === null) return { applied, claimed: null };
        const next: RunOrder = { ...order, build: claim.request, slot: claim.slot };
        return { applied, claimed: { kind: 'claimed', worker: claim.worker, order: next } };
      }),
    );
  }
  departed() {
    return Promise.resolve(null);
  }
  heard(heard: readonly { worker: string }[]) {
    return this.#turn(`heard ${heard.map(({ worker }) => worker).join(' ')}`);
  }
  gone({ session }: { session: number }) {
    return this.#turn(`gone ${session}`);
  }
  room() {
    return this.#turn('room');
  }
  refused({ build }: { build: number }) {
    return this.#turn(`refused ${build}`);
  }
  forked({ build }: { build: number }) {
    return this.#turn(`forked ${build}`);
  }

  async release(): Promise<void> {
    this.#open.shift()?.();
    await settle();
  }

  async #turn(what: string): Promise<void> {
    this.said.push(what);
    if (this.slow) await new Promise<void>((resolve) => this.#open.push(resolve));
  }
}

function frameOf(byte: number, records: Uint8Array, build: number): Uint8Array {
  const frame = new Uint8Array(frameHeadBytes + records.length);
  writeFrameHead(frame, { build, fence: 2, byte });
  frame.set(records, frameHeadBytes);
  return frame;
}

/** An agent of which only the words are real. */
class ScriptedAgent {
  readonly heard: FromMaster[] = [];
  closed = false;
  readonly #pair = new ConnectionPair();
  readonly #session: ConnectionEvents;

  constructor(sessions: AgentSessions, credentials: Credentials = loopback) {
    this.#session = sessions.accept(this.#pair.right.connection, credentials);
    this.#pair.right.listen(this.#session);
    this.#pair.left.listen({
      onMessage: (message) => this.heard.push(JSON.parse(message as string) as FromMaster),
      onDrain: () => undefined,
      onClose: () => {
        this.closed = true;
      },
    });
  }

  say(message: FromAgent | string): Promise<void> {
    this.#pair.left.connection.send(typeof message === 'string' ? message : JSON.stringify(message));
    return settle();
  }

  hello(worker = 'local', version = 1): Promise<void> {
    return this.say({
      type: 'hello',
      version,
      worker,
      spool: 's',
      slots: 2,
      facts: { os: 'linux', architecture: 'x64', hostname: 'h', cpus: 1, memoryBytes: 1, version: '0.1.0' },
      journals: [],
      room: { accepts: true },
    });
  }

  frame(byte: number, bytes: number, build = 7): Promise<void> {
    return this.send(byte, new Uint8Array(bytes), build);
  }

  send(byte: number, records: Uint8Array, build = 7): Promise<void> {
    this.#pair.left.connection.send(frameOf(byte, records, build));
    return settle();
  }

  /** A frame of each of these builds, read from the socket in one turn. */
  sendTogether(bytes: number, builds: readonly number[]): Promise<void> {
    for (const build of builds) this.#session.onMessage(frameOf(0, new Uint8Array(bytes), build));
    return settle();
  }

  cut(): Promise<void> {
    this.#pair.cut();
    return settle();
  }

  types(): string[] {
    return this.heard.map(({ type }) => type);
  }
}

describe('agent sessions', () => {
  let clock: FakeClock;
  let store: ScriptedStore;
  let sessions: AgentSessions;
  let troubles: unknown[];

  function start(options: Pick<AgentSessionsParts, 'creditBytes' | 'next'> = {}): void {
    clock = new FakeClock();
    store = new ScriptedStore();
    troubles = [];
    const config = { lostAfterMs: 120_000, workers } as unknown as Config;
    sessions = new AgentSessions({
      master: 'm',
      store,
      secrets,
      clock,
      config: { get: () => config },
      onTrouble: (error) => troubles.push(error),
      ...options,
    });
  }

  afterEach(async () => {
    store.slow = false;
    for (let left = 0; left < 20; left++) await store.release();
    await sessions.close();
    expect(clock.pending).toBe(0);
  });

  test('an agent that says hello is welcomed with what the store says', async () => {
    start();
    store.verdicts = [{ kind: 'resume', build: 3, fence: 1, position: at(10) }];
    store.orders = [order];
    const agent = new ScriptedAgent(sessions);
    await agent.hello();
    expect(agent.heard).toMatchObject([
      { type: 'welcome', master: 'm', heartbeatMs: 5_000, journals: store.verdicts, run: [{ build: 7 }] },
    ]);
    expect(sessions.size).toBe(1);
  });

  test('orders get the values of their secrets on the way to the agent, given out or said again', async () => {
    start();
    const withSecret = { ...order, plan: { ...plan, secrets: ['token'] } };
    store.orders = [withSecret];
    const agent = new ScriptedAgent(sessions);
    await agent.hello();
    sessions.run('local', { ...withSecret, build: 8 });
    await settle();
    const given = { secrets: { token: 'value of token' } };
    expect(agent.heard).toMatchObject([
      { type: 'welcome', run: [{ build: 7, ...given }] },
      { type: 'run', build: 8, ...given },
    ]);
    expect(JSON.stringify(store.said)).not.toContain('value of');
  });

  test.each([
    ['unknown-worker', 'nobody', loopback],
    ['wrong-token', 'local', { token: 'x', loopback: false }],
    ['wrong-token', 'far', loopback],
    ['wrong-token', 'far', { token: 'other', loopback: true }],
  ])('refuses with %s the worker %s', async (code, worker, credentials) => {
    start();
    const agent = new ScriptedAgent(sessions, credentials);
    await agent.hello(worker);
    expect(agent.heard).toMatchObject([{ type: 'refusal', code }]);
    expect(agent.closed).toBe(true);
    expect(store.said).toEqual([]);
  });

  test('a worker from elsewhere is let in by its token', async () => {
    start();
    const agent = new ScriptedAgent(sessions, { token: secret, loopback: false });
    await agent.hello('far');
    expect(agent.types()).toEqual(['welcome']);
  });

  test.each<[string, (agent: ScriptedAgent) => Promise<void>]>([
    ['no JSON', (agent) => agent.say('{')],
    ['another message before hello', (agent) => agent.say({ type: 'heartbeat', number: 1 })],
    ['a frame before hello', (agent) => agent.frame(0, 10)],
    ['a second hello', (agent) => agent.hello().then(() => agent.hello())],
    ['an empty frame', (agent) => agent.hello().then(() => agent.frame(0, 0))],
  ])('%s is refused as malformed, and the connection closed', async (_what, act) => {
    start();
    const agent = new ScriptedAgent(sessions);
    await act(agent);
    expect(agent.heard.at(-1)).toMatchObject({ type: 'refusal', code: 'malformed' });
    expect(agent.closed).toBe(true);
    expect(sessions.size).toBe(0);
  });

  test('a connection that says nothing is closed', async () => {
    start();
    const agent = new ScriptedAgent(sessions);
    await clock.advance(10_000);
    await settle();
    expect(agent.closed).toBe(true);
  });

  test('an agent of another version is told so', async () => {
    start();
    const agent = new ScriptedAgent(sessions);
    await agent.hello('local', 2);
    expect(agent.heard).toMatchObject([{ type: 'refusal', code: 'protocol-version' }]);
  });

  test('records are acknowledged after their commit, and frames that came meanwhile go together', async () => {
    start();
    const agent = new ScriptedAgent(sessions);
    await agent.hello();
    store.slow = true;
    await agent.frame(0, 10);
    await agent.frame(10, 20);
    await agent.frame(30, 5);
    expect(agent.types()).toEqual(['welcome']);
    await store.release();
    expect(agent.heard.at(-1)).toMatchObject({ type: 'acknowledged', position: { byte: 10 } });
    await store.release();
    expect(agent.heard.at(-1)).toMatchObject({ type: 'acknowledged', position: { byte: 35 } });
    expect(store.said.slice(1)).toEqual(['apply 7 0+10', 'apply 7 10+25']);
  });

  test('the end is told as done', async () => {
    start();
    store.answerApply = () => ({ kind: 'applied', position: at(10), ended: true });
    const agent = new ScriptedAgent(sessions);
    await agent.hello();
    await agent.frame(0, 10);
    expect(agent.types()).toEqual(['welcome', 'done']);
  });

  test('what its slot builds next is claimed with the end of a build, and given after it is told', async () => {
    const settled: (string | undefined)[] = [];
    const asked: unknown[] = [];
    start({
      next: (slot) => {
        asked.push(slot);
        const claim = { ...planned, ...slot, request: 8 };
        return { assignment: claim, plan, settle: (claimed) => settled.push(claimed?.kind) };
      },
    });
    store.orders = [order];
    store.answerApply = (input) => ({ kind: 'applied', position: at(10), ended: endsBuild(input.records) });
    const agent = new ScriptedAgent(sessions);
    await agent.hello();
    await agent.send(0, encodeRecord(journalStart, 0, { kind: 'step-started', step: 0 }).bytes);
    await agent.send(10, encodeRecord(journalStart, 0, { kind: 'build-finished', result: 'success' }).bytes);
    expect(agent.types()).toEqual(['welcome', 'acknowledged', 'done', 'run']);
    expect(agent.heard.at(-1)).toMatchObject({ build: 8, slot: order.slot, plan });
    expect(asked).toEqual([{ worker: 'local', session: 1, slot: order.slot, trust: 'default' }]);
    expect(settled).toEqual(['claimed']);
  });

  test('what was set aside for a slot is given back where the store fails', async () => {
    const settled: unknown[] = [];
    start({
      next: (slot) => ({
        assignment: { ...planned, ...slot, request: 8 },
        plan,
        settle: (claimed) => settled.push(claimed),
      }),
    });
    store.orders = [order];
    store.answerApply = () => {
      throw new Error('full');
    };
    const agent = new ScriptedAgent(sessions);
    await agent.hello();
    await agent.send(0, encodeRecord(journalStart, 0, { kind: 'build-finished', result: 'success' }).bytes);
    expect(settled).toEqual([null]);
    expect(agent.types()).toEqual(['welcome', 'refusal']);
  });

  test('what several journals bring in one turn is one operation, in which each is judged by itself', async () => {
    start();
    store.answerApply = ({ build, records }) =>
      build === 7
        ? { kind: 'fenced', message: 'somebody else has it' }
        : { kind: 'applied', position: at(records.length), ended: build === 9 };
    const agent = new ScriptedAgent(sessions);
    await agent.hello();
    await agent.sendTogether(10, [7, 8, 9]);
    expect(store.together).toEqual([[7, 8, 9]]);
    expect(agent.heard.slice(1)).toMatchObject([
      { type: 'fenced', build: 7 },
      { type: 'acknowledged', build: 8, position: at(10) },
      { type: 'done', build: 9 },
    ]);
    await agent.frame(10, 10, 8);
    expect(store.together).toHaveLength(1);
  });

  test('a journal that the store cannot take keeps the others only once', async () => {
    start();
    store.answerApply = ({ build, records }) => {
      if (build === 7) throw new Error('it cannot be taken');
      return { kind: 'applied', position: at(records.length), ended: false };
    };
    const agents = [new ScriptedAgent(sessions), new ScriptedAgent(sessions)];
    for (const agent of agents) {
      await agent.hello();
      await agent.sendTogether(10, [7, 8]);
      expect(agent.heard.at(-1)).toMatchObject({ type: 'refusal', code: 'store-trouble' });
    }
    expect(store.together).toEqual([[7, 8]]);
    expect(store.applied.filter(({ build }) => build === 8)).toHaveLength(2);
    expect(troubles).toHaveLength(2);
  });

  test('a gap is answered once, and what was under way is dropped until the wanted byte comes', async () => {
    start();
    let stored = 0;
    store.answerApply = ({ byte, records }) => {
      if (byte !== stored) return { kind: 'wanted', position: at(stored) };
      stored += records.length;
      return { kind: 'applied', position: at(stored), ended: false };
    };
    const agent = new ScriptedAgent(sessions);
    await agent.hello();
    await agent.frame(10, 10);
    await agent.frame(20, 10);
    await agent.frame(30, 10);
    expect(agent.types()).toEqual(['welcome', 'wanted']);
    await agent.frame(0, 10);
    await agent.frame(10, 10);
    expect(agent.types()).toEqual(['welcome', 'wanted', 'acknowledged', 'acknowledged']);
    expect(stored).toBe(20);
  });

  test('an agent that sends beyond its credit is cut off', async () => {
    start({ creditBytes: 1024 ** 2 });
    const agent = new ScriptedAgent(sessions);
    await agent.hello();
    store.slow = true;
    for (let sent = 0; sent < 5; sent++) await agent.frame(sent * 600_000, 600_000);
    expect(agent.heard.at(-1)).toMatchObject({ type: 'refusal', code: 'malformed' });
  });

  test('a hello waits behind the records of an earlier connection of the same worker', async () => {
    start();
    const before = new ScriptedAgent(sessions);
    await before.hello();
    store.slow = true;
    await before.frame(0, 10);
    const next = new ScriptedAgent(sessions);
    await next.hello();
    expect(store.said).toEqual(['hello local', 'apply 7 0+10']);
    await store.release();
    expect(store.said).toEqual(['hello local', 'apply 7 0+10', 'hello local']);
    await store.release();
    expect(next.types()).toEqual(['welcome']);
    expect(before.closed).toBe(true);
  });

  test('what is given out while a hello is judged reaches the agent after its welcome', async () => {
    start();
    store.slow = true;
    const agent = new ScriptedAgent(sessions);
    await agent.hello();
    sessions.run('local', order);
    sessions.cancel('local', { build: 7, fence: 2, reason: 'cancelled', message: 'm' });
    await store.release();
    expect(agent.types()).toEqual(['welcome', 'run', 'cancel']);
  });

  test('a connection that goes while its hello is judged does not stay in the store', async () => {
    start();
    store.slow = true;
    const agent = new ScriptedAgent(sessions);
    await agent.hello();
    await agent.cut();
    store.slow = false;
    await store.release();
    expect(store.said).toEqual(['hello local', 'gone 1']);
  });

  test('heartbeats are answered after one commit for all workers', async () => {
    start();
    const one = new ScriptedAgent(sessions);
    const other = new ScriptedAgent(sessions, { token: secret, loopback: false });
    await one.hello();
    await other.hello('far');
    await one.say({ type: 'heartbeat', number: 4 });
    await other.say({ type: 'heartbeat', number: 9 });
    expect(one.types()).toEqual(['welcome']);
    await clock.advance(2_500);
    expect(store.said.at(-1)).toBe('heard local far');
    expect(one.heard.at(-1)).toEqual({ type: 'heard', number: 4 });
    expect(other.heard.at(-1)).toEqual({ type: 'heard', number: 9 });
  });

  test('a log is watched from its first follower to its last, by whoever holds its build', async () => {
    start();
    const stopEarly = sessions.watch({ build: 7, log: 0 });
    store.orders = [order];
    const agent = new ScriptedAgent(sessions);
    await agent.hello();
    expect(agent.heard).toMatchObject([{ watched: [{ build: 7, log: 0 }] }]);
    const stop = sessions.watch({ build: 7, log: 0 });
    sessions.watch({ build: 8, log: 0 });
    stopEarly();
    stopEarly();
    await settle();
    expect(agent.types()).toEqual(['welcome']);
    stop();
    await settle();
    expect(agent.heard.at(-1)).toEqual({ type: 'watch', build: 7, log: 0, on: false });
  });

  test('a store that fails ends the connection, so that the agent resumes from what is stored', async () => {
    start();
    store.answerApply = () => {
      throw new Error('disk full');
    };
    const agent = new ScriptedAgent(sessions);
    await agent.hello();
    await agent.frame(0, 10);
    expect(agent.heard.at(-1)).toMatchObject({ type: 'refusal', code: 'store-trouble' });
    expect(troubles).toHaveLength(1);
  });

  test('a journal that is shorter than what was applied of it is fenced once its build has ended', async () => {
    start();
    const agent = new ScriptedAgent(sessions);
    await agent.hello();
    store.slow = true;
    await agent.say({ type: 'forked', build: 7, fence: 2, byte: 10 });
    expect(agent.types()).toEqual(['welcome']);
    await store.release();
    expect(agent.heard.at(-1)).toMatchObject({ type: 'fenced', build: 7, fence: 2 });
  });

  test('a journal that is no journal ends its build, and no other', async () => {
    start();
    store.answerApply = (input) =>
      input.build === 7
        ? { kind: 'malformed', message: 'no records' }
        : { kind: 'applied', position: at(input.byte + input.records.length), ended: false };
    const agent = new ScriptedAgent(sessions);
    await agent.hello();
    await agent.frame(0, 10);
    await agent.frame(0, 10, 8);
    expect(store.said.slice(1)).toEqual(['apply 7 0+10', 'forked 7', 'apply 8 0+10']);
    expect(agent.types()).toEqual(['welcome', 'fenced', 'acknowledged']);
  });

  test('closing says so, and waits for what is under way', async () => {
    start();
    const agent = new ScriptedAgent(sessions);
    await agent.hello();
    store.slow = true;
    await agent.frame(0, 10);
    let closed = false;
    const closing = sessions.close().then(() => {
      closed = true;
    });
    await settle();
    expect(agent.heard.at(-1)).toMatchObject({ type: 'refusal', code: 'shutting-down' });
    expect(closed).toBe(false);
    store.slow = false;
    await store.release();
    await store.release();
    await closing;
    expect(store.said.slice(1)).toEqual(['apply 7 0+10', 'gone 1']);
  });
});
