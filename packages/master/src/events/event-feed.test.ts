import { tell } from '@millrace/testkit/conformance/test-operations';
import { FakeClock } from '@millrace/testkit/fake-clock';
import { SeededRandom } from '@millrace/testkit/seeded-random';
import { expect, test } from 'vitest';
import { readEvents } from '../store/operations/events.ts';
import type { Operation } from '../store/operation.ts';
import { openSqliteInPlace } from '../store/sqlite/in-place.ts';
import type { Store } from '../store/store.ts';
import { EventFeed } from './event-feed.ts';
import type { EventBatch } from './event-feed.ts';

test('those who follow without a filter are handed the same batch, made once', async () => {
  const clock = new FakeClock();
  const store = openSqliteInPlace({ folder: null, clock, random: new SeededRandom(1) });
  const feed = new EventFeed({ store, clock, onTrouble: (error) => expect.fail(String(error)) });
  const from = await feed.head();
  const { signal } = new AbortController();
  const followers = [feed.follow(from, signal), feed.follow(from, signal)];
  for (const round of [0, 3]) {
    const batches = Promise.all(followers.map((follower) => follower.next()));
    await store.do(tell, { from: round, count: 3 });
    const [one, other] = await batches;
    expect(one?.value?.events).toHaveLength(3);
    expect(other?.value).toBe(one?.value);
  }
  await Promise.all(followers.map((follower) => follower.return()));
  await store.close();
});

/** A store whose reads of events are counted, and whose signals may be lost. */
function watchedStore(): {
  readonly store: Store;
  readonly clock: FakeClock;
  readonly reads: () => number;
  readonly lose: (isLost: boolean) => void;
} {
  const clock = new FakeClock();
  const inner = openSqliteInPlace({ folder: null, clock, random: new SeededRandom(1) });
  let reads = 0;
  let isLost = false;
  const store: Store = {
    epoch: inner.epoch,
    do: (operation, input) => {
      if ((operation as Operation<never, unknown>) === readEvents) reads++;
      return inner.do(operation, input);
    },
    read: (place, length) => inner.read(place, length),
    onSignal: (listen, wants) =>
      inner.onSignal((signal) => {
        if (!isLost) listen(signal);
      }, wants),
    close: () => inner.close(),
  };
  return { store, clock, reads: () => reads, lose: (loses) => (isLost = loses) };
}

const numbersOf = (batch: void | EventBatch): unknown[] =>
  batch ? batch.events.map(({ data }) => data['number']) : [];

test('what a commit hands on is not read back, and is what would have been read', async () => {
  const { store, clock, reads } = watchedStore();
  const feed = new EventFeed({ store, clock, onTrouble: (error) => expect.fail(String(error)) });
  const from = await feed.head();
  const follower = feed.follow(from, new AbortController().signal);
  const first = follower.next();
  await store.do(tell, { from: 0, count: 1 });
  expect(numbersOf((await first).value)).toEqual([0]);
  const before = reads();
  const handedOn = [];
  for (const round of [1, 4]) {
    const next = follower.next();
    await store.do(tell, { from: round, count: 3, builder: 'm"ac' });
    handedOn.push(...((await next).value?.events ?? []));
  }
  expect(reads()).toBe(before);
  const page = await feed.read(from, 100);
  expect(handedOn).toEqual(page.events.slice(1));
  await follower.return();
  await store.close();
});

test('what does not follow what is at hand is not taken: it is read, and nothing is missed', async () => {
  const { store, clock, reads, lose } = watchedStore();
  const feed = new EventFeed({ store, clock, onTrouble: (error) => expect.fail(String(error)) });
  const follower = feed.follow(await feed.head(), new AbortController().signal);
  const first = follower.next();
  await store.do(tell, { from: 0, count: 1 });
  await first;
  lose(true);
  await store.do(tell, { from: 1, count: 2 });
  await Promise.resolve();
  lose(false);
  const before = reads();
  const next = follower.next();
  await store.do(tell, { from: 3, count: 2 });
  expect(numbersOf((await next).value)).toEqual([1, 2, 3, 4]);
  expect(reads()).toBe(before + 1);
  await follower.return();
  await store.close();
});

test('too many events of one commit are read', async () => {
  const { store, clock, reads } = watchedStore();
  const feed = new EventFeed({ store, clock, onTrouble: (error) => expect.fail(String(error)) });
  const follower = feed.follow(await feed.head(), new AbortController().signal);
  const first = follower.next();
  await store.do(tell, { from: 0, count: 1 });
  await first;
  const before = reads();
  const next = follower.next();
  await store.do(tell, { from: 1, count: 501 });
  const numbers = numbersOf((await next).value);
  numbers.push(...numbersOf((await follower.next()).value));
  expect(numbers).toEqual(Array.from({ length: 501 }, (_, index) => index + 1));
  expect(reads()).toBeGreaterThan(before);
  await follower.return();
  await store.close();
});
