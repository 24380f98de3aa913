import { tell } from '@millrace/testkit/conformance/test-operations';
import { FakeClock } from '@millrace/testkit/fake-clock';
import { SeededRandom } from '@millrace/testkit/seeded-random';
import { expect, test } from 'vitest';
import { openSqliteInPlace } from '../store/sqlite/in-place.ts';
import { EventFeed } from './event-feed.ts';

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
