import { describe, expect, test } from 'vitest';
import type { FromAgent, WorkerFacts } from '@millrace/protocol/agent/messages';
import { journalStart } from '@millrace/protocol/journal/codec';
import type { OnSilence, Plan } from '@millrace/protocol/plan';
import { cancelBuild, holderOf, refusedBuild, retryBuild } from '@millrace/master/store/operations/builds';
import { buildsetsAdd } from '@millrace/master/store/operations/buildsets';
import { claim } from '@millrace/master/store/operations/claim';
import type { Assignment, Claimed } from '@millrace/master/store/operations/claim';
import { look } from '@millrace/master/store/operations/dispatch';
import type { Look } from '@millrace/master/store/operations/dispatch';
import { releaseLease, takeLease } from '@millrace/master/store/operations/leases';
import { startMasterRow, stopRunning } from '@millrace/master/store/operations/masters';
import { cancelRequest } from '@millrace/master/store/operations/requests';
import { watchSilence } from '@millrace/master/store/operations/silence';
import { gone, heard, hello } from '@millrace/master/store/operations/workers';
import type { HelloAnswer } from '@millrace/master/store/operations/workers';
import type { Store } from '@millrace/master/store/store';

type Hello = Extract<FromAgent, { type: 'hello' }>;

/** A store that is empty, and a way to let its clock go on. */
export interface OpenedStore {
  readonly store: Store;
  /** Another master's handle on the same store; the same handle where a store has one process. */
  readonly second: Store;
  advance(ms: number): Promise<void>;
}

const lostAfterMs = 10_000;
const beat = { master: 'm1', incarnation: 'first', beatMs: 1_000 };
const facts: WorkerFacts = {
  os: 'linux',
  architecture: 'x64',
  hostname: 'h',
  cpus: 2,
  memoryBytes: 1,
  version: '0',
};

const plan = (onSilence: OnSilence = 'retry'): Plan => ({
  version: 1,
  properties: { colour: 'blue' },
  env: {},
  steps: [],
  onSilence,
  lostAfterMs,
});

/** What a claim, the leases and the judgement over silence promise, on every store. */
export function dispatchBehaviours(name: string, open: () => Promise<OpenedStore>): void {
  const scene = async () => new Scene(await open());

  describe(`claims on ${name}`, () => {
    test('a request is claimed with its number, its fence and its plan', async () => {
      const at = await scene();
      await at.connect('a');
      const request = await at.request();
      const [claimed] = await at.claim([{ request, worker: 'a', slot: 0 }]);
      expect(claimed).toMatchObject({
        kind: 'claimed',
        order: { fence: 1, number: 1, slot: 0, builder: 'linux' },
      });
      expect(await at.look()).toMatchObject({ requests: [], slots: [{ worker: 'a', slot: 1 }] });
    });

    test('two claimants at once: one has the request, the other learns that it is taken', async () => {
      const at = await scene();
      await at.connect('a');
      await at.connect('b');
      const requests = await Promise.all(Array.from({ length: 10 }, () => at.request()));
      const kinds = async (store: Store, worker: string) => {
        const found: string[] = [];
        for (const request of requests) {
          const [one] = await at.claim([{ request, worker, slot: 0 }], store);
          found.push(one?.kind ?? '');
          if (one?.kind === 'claimed') await at.end(one);
        }
        return found;
      };
      const [one, other] = await Promise.all([kinds(at.store, 'a'), kinds(at.second, 'b')]);
      for (const [index] of requests.entries()) {
        expect([one[index], other[index]].filter((kind) => kind === 'claimed')).toHaveLength(1);
      }
    });

    test('a slot takes one build', async () => {
      const at = await scene();
      await at.connect('a');
      const [first, second] = [await at.request(), await at.request()];
      const answers = await at.claim([
        { request: first, worker: 'a', slot: 0 },
        { request: second, worker: 'a', slot: 0 },
      ]);
      expect(answers.map(({ kind }) => kind)).toEqual(['claimed', 'taken']);
      expect((await at.look()).requests.map(({ id }) => id)).toEqual([second]);
    });

    test('a claim that was chosen for an older session of the worker is not done', async () => {
      const at = await scene();
      await at.connect('a');
      const request = await at.request();
      await at.connect('a');
      expect(await at.claim([{ request, worker: 'a', slot: 0, session: 1 }])).toEqual([
        { kind: 'taken', request },
      ]);
    });

    test('fences of one request rise with each claim', async () => {
      const at = await scene();
      await at.connect('a');
      const request = await at.request();
      const fences: number[] = [];
      for (let turn = 0; turn < 3; turn++) {
        const [claimed] = await at.claim([{ request, worker: 'a', slot: 0 }]);
        if (claimed?.kind !== 'claimed') throw new Error('the request is free');
        fences.push(claimed.order.fence);
        await at.refuse(claimed);
        await at.advance(60_000);
      }
      expect(fences).toEqual([1, 2, 3]);
    });

    test('a waiting retry says when it may go', async () => {
      const at = await scene();
      await at.connect('a');
      const request = await at.request();
      const [claimed] = await at.claim([{ request, worker: 'a', slot: 0 }]);
      if (claimed?.kind !== 'claimed') throw new Error('the request is free');
      await at.refuse(claimed);
      const seen = await at.look();
      expect(seen.requests).toEqual([]);
      expect((seen.nextNotBefore ?? 0) - seen.now).toBeGreaterThan(0);
      await at.advance(5_000);
      expect((await at.look()).requests).toMatchObject([{ id: request, avoid: 'a' }]);
    });
  });

  describe(`agents' hellos on ${name}`, () => {
    test('a build that never reached its worker is given out again, the same', async () => {
      const at = await scene();
      await at.connect('a');
      const [claimed] = await at.claim([{ request: await at.request(), worker: 'a', slot: 1 }]);
      if (claimed?.kind !== 'claimed') throw new Error('the request is free');
      expect(await at.connect('a')).toMatchObject({ kind: 'welcome', session: 2, run: [claimed.order] });
    });

    test('a build that was cancelled before it began is over, and not given out again', async () => {
      const at = await scene();
      await at.connect('a');
      await at.claim([{ request: await at.request(), worker: 'a', slot: 0 }]);
      await at.store.do(cancelBuild, { build: 1, reason: 'cancelled', message: 'no' });
      expect(await at.connect('a')).toMatchObject({ kind: 'welcome', run: [] });
      expect(await at.store.do(holderOf, { build: 1 })).toBeUndefined();
    });

    test('a build that the worker has is resumed from the position of the store', async () => {
      const at = await scene();
      await at.connect('a');
      const [claimed] = await at.claim([{ request: await at.request(), worker: 'a', slot: 0 }]);
      if (claimed?.kind !== 'claimed') throw new Error('the request is free');
      const { build, fence } = claimed.order;
      expect(await at.connect('a', { journals: [{ build, fence, ended: false }] })).toMatchObject({
        journals: [{ kind: 'resume', build, fence, position: journalStart }],
        run: [],
      });
    });

    test('an unknown build, another fence or another worker is fenced', async () => {
      const at = await scene();
      await at.connect('a');
      const [claimed] = await at.claim([{ request: await at.request(), worker: 'a', slot: 0 }]);
      if (claimed?.kind !== 'claimed') throw new Error('the request is free');
      const { build } = claimed.order;
      const journals = [
        { build: 999, fence: 1, ended: true },
        { build, fence: 2, ended: true },
      ];
      expect(await at.connect('a', { journals })).toMatchObject({
        journals: [{ kind: 'fenced' }, { kind: 'fenced' }],
      });
      expect(await at.connect('b', { journals: [{ build, fence: 1, ended: false }] })).toMatchObject({
        journals: [{ kind: 'fenced' }],
      });
    });

    test('another machine under the same name is refused while the first is heard of', async () => {
      const at = await scene();
      await at.connect('a');
      expect(await at.connect('a', { spool: 'other' })).toMatchObject({
        kind: 'refused',
        code: 'name-taken',
      });
      await at.advance(lostAfterMs + 1_000);
      expect(await at.connect('a', { spool: 'other' })).toMatchObject({ kind: 'welcome' });
    });

    test('after a time in which no master listened, the first has its full grace', async () => {
      const at = await scene();
      await at.connect('a');
      await at.advance(lostAfterMs + 1_000);
      await at.store.do(startMasterRow, beat);
      expect(await at.connect('a', { spool: 'other' })).toMatchObject({
        kind: 'refused',
        code: 'name-taken',
      });
    });
  });

  describe(`silence on ${name}`, () => {
    test('a worker that is silent while a master listens loses its builds, which are tried again', async () => {
      const at = await scene();
      const request = await at.lose('retry');
      await at.connect('b');
      await at.advance(5_000);
      expect((await at.look()).requests).toMatchObject([{ id: request }]);
    });

    test('`wait` leaves the build where it is', async () => {
      const at = await scene();
      await at.lose('wait');
      await at.connect('b');
      await at.advance(5_000);
      expect((await at.look()).requests).toEqual([]);
      expect(await at.connect('a', { journals: [{ build: 1, fence: 1, ended: false }] })).toMatchObject({
        journals: [{ kind: 'resume' }],
      });
    });

    test('time in which no master listened does not count', async () => {
      const at = await scene();
      await at.connect('a');
      await at.claim([{ request: await at.request(), worker: 'a', slot: 0 }]);
      await at.advance(10 * lostAfterMs);
      expect(await at.store.do(watchSilence, { ...beat, lostAfterMs })).toEqual([]);
      await at.store.do(startMasterRow, { ...beat, incarnation: 'second' });
      expect(await at.listen(lostAfterMs - 1_000)).toEqual([]);
      expect(await at.listen(3_000)).toEqual(['a']);
    });

    test('a worker that is heard of is not silent', async () => {
      const at = await scene();
      await at.connect('a');
      for (let turn = 0; turn < 4; turn++) {
        expect(await at.listen(lostAfterMs / 2)).toEqual([]);
        await at.store.do(heard, { heard: [{ worker: 'a', session: 1 }] });
      }
    });

    test('a lost build whose journal is whole is adopted while its retry waits', async () => {
      const at = await scene();
      await at.lose('retry');
      const journals = [{ build: 1, fence: 1, ended: true }];
      expect(await at.connect('a', { journals })).toMatchObject({ journals: [{ kind: 'resume', build: 1 }] });
      await at.advance(5_000);
      expect((await at.look()).requests).toEqual([]);
    });

    test('once the retry is given out, the old build stays fenced', async () => {
      const at = await scene();
      const request = await at.lose('retry');
      await at.connect('b');
      await at.advance(5_000);
      await at.claim([{ request, worker: 'b', slot: 0 }]);
      expect(await at.connect('a', { journals: [{ build: 1, fence: 1, ended: true }] })).toMatchObject({
        journals: [{ kind: 'done' }],
      });
      expect(await at.connect('a', { journals: [{ build: 1, fence: 1, ended: false }] })).toMatchObject({
        journals: [{ kind: 'fenced' }],
      });
    });

    test('only the newest session of a worker speaks for it', async () => {
      const at = await scene();
      await at.connect('a');
      await at.connect('a');
      await at.store.do(gone, { worker: 'a', session: 1 });
      expect((await at.look()).slots).toHaveLength(2);
      await at.store.do(gone, { worker: 'a', session: 2 });
      expect((await at.look()).slots).toEqual([]);
    });
  });

  describe(`cancelling on ${name}`, () => {
    test('a waiting request ends at once; one that is built is asked to end', async () => {
      const at = await scene();
      await at.connect('a');
      const [first, second] = [await at.request(), await at.request()];
      await at.claim([{ request: second, worker: 'a', slot: 0 }]);
      expect(await at.store.do(cancelRequest, { request: first, message: '' })).toEqual({
        kind: 'cancelled',
      });
      expect(await at.store.do(cancelRequest, { request: first, message: '' })).toEqual({
        kind: 'already-finished',
      });
      expect(await at.store.do(cancelRequest, { request: second, message: 'no' })).toEqual({
        kind: 'cancelling',
        build: 1,
      });
      expect(await at.store.do(holderOf, { build: 1 })).toMatchObject({
        cancel: { reason: 'cancelled', message: 'no' },
      });
    });

    test('a stop queues what ran once more; a person who cancels is stronger', async () => {
      const at = await scene();
      await at.connect('a');
      const [kept, dropped] = [await at.request(), await at.request()];
      const claimed = await at.claim([
        { request: kept, worker: 'a', slot: 0 },
        { request: dropped, worker: 'a', slot: 1 },
      ]);
      expect(await at.store.do(stopRunning, undefined)).toEqual([1, 2]);
      await at.store.do(cancelBuild, { build: 2, reason: 'cancelled', message: 'really' });
      for (const one of claimed) await at.end(one);
      expect((await at.look()).requests.map(({ id }) => id)).toEqual([kept]);
    });

    test('a build is made anew with the same source', async () => {
      const at = await scene();
      await at.connect('a');
      await at.claim([{ request: await at.request(), worker: 'a', slot: 0 }]);
      expect(await at.store.do(retryBuild, { build: 1 })).toMatchObject({ kind: 'added', requests: [2] });
      expect(await at.store.do(retryBuild, { build: 77 })).toEqual({ kind: 'unknown' });
    });
  });

  describe(`keys and leases on ${name}`, () => {
    test('a key that is given twice adds once, and cannot be used for another call', async () => {
      const at = await scene();
      const call = { ...buildset, idempotency: { key: 'k', call: 'force linux' } };
      const first = await at.store.do(buildsetsAdd, call);
      expect(first).toMatchObject({ kind: 'done', repeated: false });
      expect(await at.second.do(buildsetsAdd, call)).toEqual({ ...first, repeated: true });
      const other = { ...call, idempotency: { key: 'k', call: 'force mac' } };
      expect(await at.store.do(buildsetsAdd, other)).toEqual({ kind: 'conflict' });
    });

    test('a lease has one holder at a time, and a new fence at each change of hands', async () => {
      const at = await scene();
      const take = (holder: string) => at.store.do(takeLease, { name: 'poller', holder, ttlMs: 1_000 });
      expect(await take('one')).toEqual({ kind: 'held', fence: 1 });
      expect(await take('two')).toEqual({ kind: 'taken' });
      expect(await take('one')).toEqual({ kind: 'held', fence: 1 });
      await at.advance(2_000);
      expect(await take('two')).toEqual({ kind: 'held', fence: 2 });
      await at.store.do(releaseLease, { name: 'poller', holder: 'one', fence: 1 });
      expect(await take('one')).toEqual({ kind: 'taken' });
      await at.store.do(releaseLease, { name: 'poller', holder: 'two', fence: 2 });
      expect(await take('one')).toEqual({ kind: 'held', fence: 3 });
    });

    test('a holder that let its lease run out gets a new fence', async () => {
      const at = await scene();
      await at.store.do(takeLease, { name: 'poller', holder: 'one', ttlMs: 1_000 });
      await at.advance(2_000);
      expect(await at.store.do(takeLease, { name: 'poller', holder: 'one', ttlMs: 1_000 })).toEqual({
        kind: 'held',
        fence: 2,
      });
    });
  });
}

const buildset = {
  scheduler: null,
  reason: 'asked',
  source: { repository: 'app', branch: 'main', revision: 'a'.repeat(40) },
  properties: {},
  builders: [{ name: 'linux', priority: 0 }],
};

/** The few acts that the behaviours are told with. */
class Scene {
  readonly store: Store;
  readonly second: Store;
  readonly #opened: OpenedStore;

  constructor(opened: OpenedStore) {
    this.#opened = opened;
    this.store = opened.store;
    this.second = opened.second;
  }

  advance(ms: number): Promise<void> {
    return this.#opened.advance(ms);
  }

  connect(worker: string, rest: Partial<Hello> = {}): Promise<HelloAnswer> {
    return this.store.do(hello, {
      worker,
      spool: `spool of ${worker}`,
      slots: 2,
      facts,
      journals: [],
      room: { accepts: true },
      ...rest,
      master: 'm1',
      lostAfterMs,
    });
  }

  async request(): Promise<number> {
    const added = await this.store.do(buildsetsAdd, buildset);
    const request = added.kind === 'done' ? added.answer.requests[0] : undefined;
    if (request === undefined) throw new Error('a buildset has a request for its builder');
    return request;
  }

  claim(
    wanted: readonly (Pick<Assignment, 'request' | 'worker' | 'slot'> & Partial<Assignment>)[],
    store = this.store,
  ): Promise<readonly Claimed[]> {
    const assignments = wanted.map((one) => ({
      session: 1,
      plan: plan(),
      planHash: 'b'.repeat(64),
      generation: 'g',
      retriesMax: 3,
      retryFirstMs: 1_000,
      ...one,
    }));
    return store.do(claim, { assignments });
  }

  look(): Promise<Look> {
    return this.store.do(look, {
      master: 'm1',
      builders: [{ name: 'linux', workers: ['a', 'b'] }],
      perBuilderMax: 100,
    });
  }

  /** Ends a claimed build as infrastructure's fault. */
  async refuse(claimed: Extract<Claimed, { kind: 'claimed' }>): Promise<void> {
    const { build, fence } = claimed.order;
    await this.store.do(refusedBuild, {
      worker: claimed.worker,
      session: 1,
      build,
      fence,
      message: 'no room',
    });
  }

  /** Ends a claimed build the shortest way: its worker could not begin it. Its request waits, or is over. */
  async end(claimed: Claimed): Promise<void> {
    if (claimed.kind === 'claimed') await this.refuse(claimed);
  }

  /** A build on the worker `a` is running when `a` falls silent. */
  async lose(onSilence: OnSilence): Promise<number> {
    await this.store.do(startMasterRow, beat);
    await this.connect('a');
    const request = await this.request();
    await this.claim([{ request, worker: 'a', slot: 0, plan: plan(onSilence) }]);
    await this.store.do(gone, { worker: 'a', session: 1 });
    await this.listen(lostAfterMs + 2_000);
    return request;
  }

  /** A master listens for so long, with a beat a second. Answers who was found silent. */
  async listen(ms: number): Promise<string[]> {
    const silent: string[] = [];
    for (let passed = 0; passed < ms; passed += beat.beatMs) {
      await this.advance(beat.beatMs);
      silent.push(...(await this.store.do(watchSilence, { ...beat, lostAfterMs })));
    }
    return silent;
  }
}
