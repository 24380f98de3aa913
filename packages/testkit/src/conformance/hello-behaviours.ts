import { describe, expect, test } from 'vitest';
import { journalStart } from '@millrace/protocol/journal/codec';
import { cancelBuild, holderOf } from '@millrace/master/store/operations/builds';
import { eventsStart } from '@millrace/master/store/operations/event-place';
import { readEvents } from '@millrace/master/store/operations/events';
import { listWorkers } from '@millrace/master/store/operations/read-workers';
import { startMasterRow } from '@millrace/master/store/operations/masters';
import { setRoom } from '@millrace/master/store/operations/workers';
import { beat, lostAfterMs, Scene } from './dispatch-scene.ts';
import type { OpenedStore } from './opened-store.ts';

/** What an agent is told at its hello, on every store. */
export function helloBehaviours(name: string, open: () => Promise<OpenedStore>): void {
  const scene = async () => new Scene(await open());

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

    test('a worker without room is given nothing until it has some, as its newest session says', async () => {
      const at = await scene();
      await at.connect('a', { room: { accepts: false, message: 'its disk is full' } });
      await at.request();
      expect((await at.look()).slots).toEqual([]);
      await at.store.do(setRoom, { worker: 'a', session: 7, room: { accepts: true } });
      expect((await at.look()).slots).toEqual([]);
      await at.store.do(setRoom, { worker: 'a', session: 1, room: { accepts: true } });
      expect((await at.look()).slots).toHaveLength(2);
      const filter = { types: ['worker.room'] as const };
      const { events } = await at.store.do(readEvents, { after: eventsStart, limit: 10, filter });
      expect(events).toMatchObject([{ worker: 'a', data: '{"accepts":true}' }]);
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

    test('another machine under the same name is told of by an event, once in a while', async () => {
      const at = await scene();
      await at.connect('a', { trust: 'release', clockOffsetMs: 3_600_000 });
      expect(await at.store.do(listWorkers, undefined)).toMatchObject([
        { name: 'a', trust: 'release', clockOffsetMs: 3_600_000 },
      ]);
      expect(await at.connect('a', { spool: 'other' })).toMatchObject({ kind: 'refused', isNews: true });
      expect(await at.connect('a', { spool: 'other' })).toMatchObject({ kind: 'refused', isNews: false });
      expect(await at.connect('a', { spool: 'third' })).toMatchObject({ kind: 'refused', isNews: true });
      const filter = { types: ['worker.refused', 'worker.clock'] as const };
      const { events } = await at.store.do(readEvents, { after: eventsStart, limit: 100, filter });
      expect(events.map(({ type, worker }) => `${type} ${worker}`)).toEqual([
        'worker.clock a',
        'worker.refused a',
        'worker.refused a',
      ]);
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
}
