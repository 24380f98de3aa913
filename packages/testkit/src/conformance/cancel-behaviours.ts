import { describe, expect, test } from 'vitest';
import { cancelBuild, holderOf, retryBuild } from '@millrace/master/store/operations/builds';
import { stopRunning } from '@millrace/master/store/operations/masters';
import { cancelRequest } from '@millrace/master/store/operations/requests';
import { Scene } from './dispatch-scene.ts';
import type { OpenedStore } from './opened-store.ts';

/** What cancelling promises, on every store. */
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

    test('a build is made anew with the same source', async () => {
      const at = await scene();
      await at.connect('a');
      await at.claim([{ request: await at.request(), worker: 'a', slot: 0 }]);
      expect(await at.store.do(retryBuild, { build: 1 })).toMatchObject({ kind: 'added', requests: [2] });
      expect(await at.store.do(retryBuild, { build: 77 })).toEqual({ kind: 'unknown' });
    });
  });
}
