import { describe, expect, test } from 'vitest';
import { addChangeOnce } from '@millrace/master/store/operations/add-change-once';
import { eventsStart } from '@millrace/master/store/operations/event-place';
import { readEvents } from '@millrace/master/store/operations/events';
import { readLogOwner } from '@millrace/master/store/operations/log-owner';
import { listBuilds } from '@millrace/master/store/operations/list-builds';
import { listChanges, readChangeById } from '@millrace/master/store/operations/read-changes';
import { listRequests } from '@millrace/master/store/operations/read-requests';
import type { Store } from '@millrace/master/store/store';
import { revisionOf, Rows } from '../rows.ts';
import type { OpenedStore } from './opened-store.ts';

const limit = 100;

/** What is narrowed to builders that somebody may see, on every store. */
export function visibleBehaviours(name: string, open: () => Promise<OpenedStore>): void {
  const change = async (store: Store, branch: string, revision: string): Promise<void> => {
    const told = { author: 'a', message: 'm', committedAt: null, files: [], link: null };
    await store.do(addChangeOnce, {
      change: { repository: 'app', branch, revision, ...told },
      idempotency: null,
    });
  };

  describe(`what is narrowed to some builders on ${name}`, () => {
    test('holds their builds, requests, events and the changes that they have built', async () => {
      const { store } = await open();
      const rows = new Rows(store);
      await change(store, 'main', revisionOf('a'));
      await change(store, 'secret', revisionOf('b'));
      const source = (branch: string, digit: string) => ({
        repository: 'app',
        branch,
        revision: revisionOf(digit),
      });
      await rows.build({ builder: 'shown', source: source('main', 'a') });
      await rows.build({ builder: 'hidden', source: source('secret', 'b'), slot: 1 });
      const counts = async (builders: readonly string[]) => {
        const filter = { builders };
        const { events } = await store.do(readEvents, { after: eventsStart, limit, filter });
        const changes = await store.do(listChanges, { filter, limit });
        const seen = await Promise.all(
          [1, 2].map((id) => store.do(readChangeById, { change: id, builders })),
        );
        expect(seen.filter((one) => one !== undefined)).toHaveLength(changes.length);
        return [
          (await store.do(listBuilds, { filter, limit })).map(({ builder }) => builder),
          (await store.do(listRequests, { filter, limit })).map(({ builder }) => builder),
          [...new Set(events.map(({ builder }) => builder))],
          changes.map(({ branch }) => branch),
        ];
      };
      expect(await counts(['shown'])).toEqual([['shown'], ['shown'], ['shown'], ['main']]);
      expect(await counts(['hidden', 'shown'])).toEqual([
        ['hidden', 'shown'],
        ['hidden', 'shown'],
        ['shown', 'hidden'],
        ['secret', 'main'],
      ]);
      expect(await counts([])).toEqual([[], [], [], []]);
    });

    test("a log's owner is told with whether its step is private", async () => {
      const { store } = await open();
      const build = await new Rows(store).build({
        builder: 'shown',
        steps: ['compile', { name: 'sign', visibility: 'private' }],
      });
      await build.startStep(0);
      const compile = await build.openLog(0);
      await compile.close();
      await build.finishStep(0, 'success');
      await build.startStep(1);
      const sign = await build.openLog(1);
      expect(await store.do(readLogOwner, { log: compile.id })).toEqual({
        builder: 'shown',
        isPrivate: false,
      });
      expect(await store.do(readLogOwner, { log: sign.id })).toEqual({ builder: 'shown', isPrivate: true });
      expect(await store.do(readLogOwner, { log: 999_999 })).toBeUndefined();
    });
  });
}
