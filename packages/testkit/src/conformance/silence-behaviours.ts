import { describe, expect, test } from 'vitest';
import { startMasterRow } from '@millrace/master/store/operations/masters';
import { watchSilence } from '@millrace/master/store/operations/silence';
import { gone, heard } from '@millrace/master/store/operations/workers';
import { beat, lostAfterMs, Scene } from './dispatch-scene.ts';
import type { OpenedStore } from './opened-store.ts';

/** What becomes of the builds of a worker that is silent, on every store. */
export function silenceBehaviours(name: string, open: () => Promise<OpenedStore>): void {
  const scene = async () => new Scene(await open());

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
      await at.store.do(startMasterRow, beat);
      await at.connect('a');
      await at.claim([{ request: await at.request(), worker: 'a', slot: 0 }]);
      await at.advance(10 * lostAfterMs);
      expect(await at.store.do(watchSilence, { ...beat, lostAfterMs })).toEqual([]);
      await at.store.do(startMasterRow, beat);
      expect(await at.listen(lostAfterMs - 1_000)).toEqual([]);
      expect(await at.listen(3_000)).toEqual(['a']);
    });

    test('a worker that is heard of is not silent', async () => {
      const at = await scene();
      await at.store.do(startMasterRow, beat);
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
      await at.request();
      await at.store.do(gone, { worker: 'a', session: 1 });
      expect((await at.look()).slots).toHaveLength(2);
      await at.store.do(gone, { worker: 'a', session: 2 });
      expect((await at.look()).slots).toEqual([]);
    });
  });
}
