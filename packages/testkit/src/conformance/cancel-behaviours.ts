import { describe, expect, test } from 'vitest';
import { cancelBuild, holderOf, retryBuild } from '@millrace/master/store/operations/builds';
import { refusePlan } from '@millrace/master/store/operations/dispatch';
import { eventsStart } from '@millrace/master/store/operations/event-place';
import { readEvents } from '@millrace/master/store/operations/events';
import { stopRunning } from '@millrace/master/store/operations/masters';
import { cancelRequest } from '@millrace/master/store/operations/requests';
import { Scene } from './dispatch-scene.ts';
import type { OpenedStore } from './opened-store.ts';

/** What ends a request that somebody, or its own config, does not let be built, on every store. */
export function cancelBehaviours(name: string, open: () => Promise<OpenedStore>): void {
  const scene = async () => new Scene(await open());

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

    test('a request that no plan can be made for ends once, and its builder hears of it', async () => {
      const at = await scene();
      await at.connect('a');
      const [refused, claimed] = [await at.request(), await at.request()];
      await at.claim([{ request: claimed, worker: 'a', slot: 0 }]);
      for (const request of [refused, refused, claimed])
        await at.store.do(refusePlan, { request, message: 'steps threw' });
      expect((await at.look()).requests).toEqual([]);
      const filter = { types: ['request.finished'] as const, builder: 'linux' };
      const { events } = await at.store.do(readEvents, { after: eventsStart, limit: 10, filter });
      expect(events).toMatchObject([{ request: refused, buildset: 1 }]);
      expect(JSON.parse(events[0]?.data ?? '')).toEqual({
        result: 'exception',
        reason: 'plan-failed',
        message: 'steps threw',
      });
    });

    test('a build is made anew with the same source', async () => {
      const at = await scene();
      await at.connect('a');
      await at.claim([{ request: await at.request(), worker: 'a', slot: 0 }]);
      expect(await at.store.do(retryBuild, { build: 1 })).toMatchObject({ kind: 'added', requests: [2] });
      expect(await at.store.do(retryBuild, { build: 77 })).toEqual({ kind: 'unknown' });
    });
  });
}
