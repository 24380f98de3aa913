import { describe, expect, test } from 'vitest';
import { systemClock } from '@millrace/kernel/clock';
import type { MillraceEvent } from '@millrace/protocol/event';
import { EventFeed } from '@millrace/master/events/event-feed';
import { writeCursor } from '@millrace/master/events/cursor';
import type { Store } from '@millrace/master/store/store';
import type { OpenedStore } from './opened-store.ts';
import { tell } from './test-operations.ts';

const numberOf = (event: MillraceEvent): unknown => event.data['number'];

/** What the feed of events promises, on every store. */
export function eventBehaviours(name: string, open: () => Promise<OpenedStore>): void {
  const feedOf = (store: Store): EventFeed =>
    new EventFeed({
      store,
      clock: systemClock,
      lookAgainMs: 20,
      onTrouble: (error) => {
        throw error;
      },
    });
  /** Follows until `count` events have come. */
  const take = async (
    feed: EventFeed,
    after: string,
    count: number,
    filter: Parameters<EventFeed['follow']>[2] = {},
  ): Promise<{ numbers: unknown[]; cursor: string }> => {
    const found: MillraceEvent[] = [];
    let cursor = after;
    const enough = new AbortController();
    for await (const batch of feed.follow(after, enough.signal, filter)) {
      found.push(...batch.events);
      cursor = batch.cursor;
      if (found.length >= count) enough.abort();
    }
    return { numbers: found.map(numberOf), cursor };
  };
  const upTo = (count: number, from = 0): number[] =>
    Array.from({ length: count }, (_, index) => from + index);

  describe(`the event log on ${name}`, () => {
    test('is read in order, page by page, from any cursor', async () => {
      const { store } = await open();
      const feed = feedOf(store);
      await store.do(tell, { from: 0, count: 10 });
      const first = await feed.read(await feed.start(), 4);
      expect(first.events.map(numberOf)).toEqual(upTo(4));
      expect(first.cursor).toBe(first.events[3]?.cursor);
      const rest = await feed.read(first.cursor, 100);
      expect(rest.events.map(numberOf)).toEqual(upTo(6, 4));
      expect(await feed.head()).toBe(rest.cursor);
      expect(await feed.read(rest.cursor, 100)).toEqual({ events: [], cursor: rest.cursor });
      const [event] = first.events;
      expect((await feed.read(event?.cursor ?? '', 1)).events.map(numberOf)).toEqual([1]);
    });

    test('a filter leaves out events, and the cursor goes over them', async () => {
      const { store } = await open();
      const feed = feedOf(store);
      await store.do(tell, { from: 0, count: 3, builder: 'mac' });
      await store.do(tell, { from: 3, count: 3 });
      expect((await feed.read(await feed.start(), 2, { builder: 'linux' })).events.map(numberOf)).toEqual([
        3, 4,
      ]);
      const none = await feed.read(await feed.start(), 2, { types: ['build.started'] });
      expect(none).toEqual({ events: [], cursor: await feed.head() });
    });

    test('cursors of another store, and things that are none, are refused', async () => {
      const { store } = await open();
      const feed = feedOf(store);
      await expect(feed.read('nonsense', 1)).rejects.toMatchObject({ code: 'cursor-malformed' });
      await expect(feed.read('', 1)).rejects.toMatchObject({ code: 'cursor-malformed' });
      const foreign = writeCursor('another', { xid: 0, seq: 1 });
      await expect(feed.read(foreign, 1)).rejects.toMatchObject({ code: 'cursor-epoch' });
      await expect(feed.follow(foreign, new AbortController().signal).next()).rejects.toMatchObject({
        code: 'cursor-epoch',
      });
    });

    test('a follower gets what was there and what comes, each once and in order', async () => {
      const { store } = await open();
      const feed = feedOf(store);
      await store.do(tell, { from: 0, count: 700 });
      const followed = take(feed, await feed.start(), 3_000);
      for (let from = 700; from < 3_000; from += 100) await store.do(tell, { from, count: 100 });
      expect((await followed).numbers).toEqual(upTo(3_000));
    });

    test('many followers at the head are served by few reads', async () => {
      const { store } = await open();
      const feed = feedOf(store);
      const head = await feed.head();
      const followers = Promise.all(upTo(20).map(() => take(feed, head, 50)));
      for (let from = 0; from < 50; from += 10) await store.do(tell, { from, count: 10 });
      for (const { numbers } of await followers) expect(numbers).toEqual(upTo(50));
    });

    test('a follower that looks at nothing but its own still moves on', async () => {
      const { store } = await open();
      const feed = feedOf(store);
      const followed = take(feed, await feed.head(), 1, { builder: 'mac' });
      await store.do(tell, { from: 0, count: 5 });
      await store.do(tell, { from: 5, count: 1, builder: 'mac' });
      const { numbers, cursor } = await followed;
      expect(numbers).toEqual([5]);
      expect(cursor).toBe(await feed.head());
    });

    test('what several writers write at once is missed by nobody', async () => {
      const { store, second } = await open();
      const feed = feedOf(second);
      const followed = take(feed, await feed.start(), 400);
      await Promise.all(
        upTo(400).map((number) => (number % 2 === 0 ? store : second).do(tell, { from: number, count: 1 })),
      );
      const { numbers } = await followed;
      expect([...numbers].sort((one, other) => Number(one) - Number(other))).toEqual(upTo(400));
      expect((await take(feedOf(store), await feed.start(), 400)).numbers).toEqual(numbers);
    });

    test('a follower that stops leaves nothing behind', async () => {
      const { store } = await open();
      const feed = feedOf(store);
      const stop = new AbortController();
      const follower = feed.follow(await feed.head(), stop.signal);
      const next = follower.next();
      stop.abort();
      expect(await next).toEqual({ value: undefined, done: true });
    });
  });
}
