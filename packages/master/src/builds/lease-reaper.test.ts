import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { FakeClock } from '@millrace/testkit/fake-clock';
import { SeededRandom } from '@millrace/testkit/seeded-random';
import { openSqliteInPlace } from '../store/sqlite/in-place.ts';
import type { Store } from '../store/store.ts';
import { LeaseReaper } from './lease-reaper.ts';

const clock = new FakeClock();
let store: Store;
let replaced: string[] = [];
beforeEach(() => {
  replaced = [];
  store = openSqliteInPlace({ folder: null, clock, random: new SeededRandom(1) });
});
afterEach(() => store.close());

function reaper(incarnation: string): LeaseReaper {
  return new LeaseReaper({
    master: 'm',
    incarnation,
    store,
    clock,
    lostAfterMs: () => 120_000,
    onTrouble: (error) => {
      throw error;
    },
    onReplaced: () => replaced.push(incarnation),
  });
}

/** Runs until the answered function is awaited. */
function run(one: LeaseReaper): () => Promise<void> {
  const stop = new AbortController();
  const ended = one.run(stop.signal);
  return async () => {
    stop.abort();
    await ended;
  };
}

describe("a master's name", () => {
  test('is refused while another master lives under it', async () => {
    const first = reaper('first');
    await first.begin(false);
    const end = run(first);
    await clock.advance(1_500);
    const begun = expect(reaper('second').begin(false)).rejects.toMatchObject({ code: 'name-in-use' });
    await clock.advance(3_000);
    await begun;
    await end();
    await first.end();
    await reaper('third').begin(false);
  });

  test('is taken over from a master that was killed', async () => {
    await reaper('killed').begin(false);
    const next = reaper('next');
    const begun = next.begin(false);
    await clock.advance(3_000);
    await begun;
    const end = run(next);
    await clock.advance(2_000);
    await end();
    expect(replaced).toEqual([]);
  });

  test('is taken over at once where nobody else can have the store', async () => {
    await reaper('killed').begin(true);
    await reaper('next').begin(true);
  });

  test('belongs to the newest: the one before is told, and ends', async () => {
    const first = reaper('first');
    await first.begin(true);
    const end = run(first);
    await reaper('second').begin(true);
    await clock.advance(5_000);
    expect(replaced).toEqual(['first']);
    await end();
  });
});
