import { describe, expect, test } from 'vitest';
import { assert } from '@millrace/kernel/assert';
import { planToKeep } from '@millrace/master/store/operations/plan-to-keep';
import type { Store } from '@millrace/master/store/store';
import { plan, Scene } from './dispatch-scene.ts';
import type { OpenedStore } from './opened-store.ts';

/** What a claim promises, on every store. */
export function claimBehaviours(name: string, open: () => Promise<OpenedStore>): void {
  const scene = async () => new Scene(await open());

  describe(`claims on ${name}`, () => {
    test('a request is claimed with its number, its fence and its plan', async () => {
      const at = await scene();
      await at.connect('a');
      const [request, next] = [await at.request(), await at.request()];
      const [claimed] = await at.claim([{ request, worker: 'a', slot: 0 }]);
      expect(claimed).toMatchObject({
        kind: 'claimed',
        order: { fence: 1, number: 1, slot: 0, builder: 'linux' },
      });
      const look = await at.look();
      expect(look).toMatchObject({ requests: [{ id: next }], slots: [{ worker: 'a', slot: 1 }] });
    });

    test('what is asked for is claimed in the commit that adds it, where the slot is free, and once', async () => {
      const at = await scene();
      await at.connect('a');
      const first = await at.ask('a', 'key-1');
      expect(first).toMatchObject({
        added: { kind: 'done', repeated: false },
        claimed: { kind: 'claimed', worker: 'a', order: { builder: 'linux', slot: 0, fence: 1 } },
      });
      expect(await at.ask('a', 'key-1')).toMatchObject({
        added: { kind: 'done', repeated: true },
        claimed: null,
      });
      expect(await at.ask('a', 'key-2')).toMatchObject({
        added: { kind: 'done' },
        claimed: { kind: 'taken' },
      });
      // It waits, as any other.
      expect((await at.look()).requests).toHaveLength(1);
    });

    test('a slot goes to the next request by the commit that ends its build, and nobody is told that it is free', async () => {
      const at = await scene();
      await at.connect('a');
      const [first, second, third] = [await at.request(), await at.request(), await at.request()];
      const [claimed] = await at.claim([{ request: first, worker: 'a', slot: 0 }]);
      assert(claimed?.kind === 'claimed', 'a new request is free');
      const topics: string[] = [];
      const stop = at.store.onSignal(({ topic }) => topics.push(topic));
      const next = await at.endAndClaim(claimed, second);
      expect(next).toMatchObject({
        applied: { kind: 'applied', ended: true },
        claimed: { kind: 'claimed', worker: 'a', order: { slot: 0, number: 2, fence: 1 } },
      });
      await at.request();
      expect(topics).not.toContain('slots');
      expect((await at.look()).slots).toMatchObject([{ worker: 'a', slot: 1 }]);
      // A request that is another's by then leaves the slot free, and that is told.
      await at.claim([{ request: third, worker: 'a', slot: 1 }]);
      assert(next.claimed?.kind === 'claimed', 'it was claimed');
      const last = await at.endAndClaim(next.claimed, third);
      expect(last).toMatchObject({ applied: { ended: true }, claimed: { kind: 'taken', request: third } });
      await at.request();
      expect(topics).toContain('slots');
      // Records that end nothing claim nothing.
      const order = { ...next.claimed.order, fence: 9 };
      expect((await at.endAndClaim({ ...next.claimed, order }, third)).claimed).toBeNull();
      stop();
    });

    test('builds that end together are followed each by its own, and a request that two want by the first', async () => {
      const at = await scene();
      await at.connect('a');
      const requests = [await at.request(), await at.request(), await at.request()];
      const [first = 0, second = 0, third = 0] = requests;
      const [one, other] = await at.claim([
        { request: first, worker: 'a', slot: 0 },
        { request: second, worker: 'a', slot: 1 },
      ]);
      assert(one?.kind === 'claimed' && other?.kind === 'claimed', 'new requests are free');
      const topics: string[] = [];
      const stop = at.store.onSignal(({ topic }) => topics.push(topic));
      const ended = await at.endAndClaimAll([
        [one, third],
        [other, third],
      ]);
      expect(ended).toMatchObject([
        { applied: { ended: true }, claimed: { kind: 'claimed', order: { slot: 0, number: 3 } } },
        { applied: { ended: true }, claimed: { kind: 'taken', request: third } },
      ]);
      const [fourth, fifth] = [await at.request(), await at.request()];
      expect(topics).toContain('slots');
      const [, last] = await at.claim([
        { request: third, worker: 'a', slot: 0 },
        { request: fourth, worker: 'a', slot: 1 },
      ]);
      assert(ended[0]?.claimed?.kind === 'claimed' && last?.kind === 'claimed', 'they were free');
      const both = await at.endAndClaimAll([
        [ended[0].claimed, await at.request()],
        [last, fifth],
      ]);
      expect(both.map(({ claimed }) => claimed)).toMatchObject([
        { kind: 'claimed', order: { slot: 0, number: 5 } },
        { kind: 'claimed', order: { slot: 1, number: 6 } },
      ]);
      stop();
    });

    test('whose turn is next is told in order, without a gap, of builders with a worker here', async () => {
      const at = await scene();
      await at.connect('a');
      const plain = [await at.request(), await at.request(), await at.request('mac')];
      await at.request('elsewhere');
      const urgent = await at.request('mac', 5);
      expect(await at.ahead(10, 10)).toEqual([urgent, ...plain]);
      expect(await at.ahead(10, 2)).toEqual([urgent, plain[0]]);
      // Behind the last that was read of a builder there may be others of it.
      expect(await at.ahead(1, 10)).toEqual([urgent]);
      expect(await at.ahead(2, 10)).toEqual([urgent, plain[0], plain[1]]);
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

    test('a build goes to a worker of its own level of trust, whatever chose it', async () => {
      const at = await scene();
      await at.connect('a', { trust: 'release' });
      await at.connect('b');
      const [request, other] = [await at.request(), await at.request()];
      expect((await at.look()).slots.map(({ worker, trust }) => `${worker} ${trust}`)).toEqual([
        'a release',
        'a release',
        'b default',
        'b default',
      ]);
      const trusted = { ...plan(), trust: 'release' };
      expect(await at.claim([{ request, worker: 'a', slot: 0 }])).toEqual([{ kind: 'taken', request }]);
      const crossed = [
        { request, worker: 'b', slot: 0, plan: planToKeep(trusted), planHash: 'c'.repeat(64) },
      ];
      expect(await at.claim(crossed)).toEqual([{ kind: 'taken', request }]);
      expect(
        await at.claim([
          { request, worker: 'a', slot: 0, plan: planToKeep(trusted), planHash: 'c'.repeat(64) },
          { request: other, worker: 'b', slot: 0 },
        ]),
      ).toMatchObject([{ kind: 'claimed' }, { kind: 'claimed' }]);
    });

    test('a build that was claimed for another level than its worker has now is not given out', async () => {
      const at = await scene();
      await at.connect('a');
      const request = await at.request();
      await at.claim([{ request, worker: 'a', slot: 0 }]);
      expect(await at.connect('a', { trust: 'release' })).toMatchObject({ kind: 'welcome', run: [] });
      await at.advance(60_000);
      expect((await at.look()).requests).toMatchObject([{ id: request, avoid: 'a' }]);
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
}
