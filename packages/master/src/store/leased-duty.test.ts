import { FakeClock } from '@millrace/testkit/fake-clock';
import { SeededRandom } from '@millrace/testkit/seeded-random';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { LeasedDuty } from './leased-duty.ts';
import type { HeldLease } from './operations/leases.ts';
import { takeLease } from './operations/leases.ts';
import { openSqliteInPlace } from './sqlite/in-place.ts';
import type { Store } from './store.ts';

let clock: FakeClock;
let store: Store;
let seen: string[];
let ends: (() => Promise<void>)[];

beforeEach(() => {
  clock = new FakeClock();
  store = openSqliteInPlace({ folder: null, clock, random: new SeededRandom(1) });
  seen = [];
  ends = [];
});
afterEach(async () => {
  for (const end of ends) await end();
  await store.close();
  expect(clock.pending).toBe(0);
});

function start(holder: string, work = untilAborted): () => Promise<void> {
  const stop = new AbortController();
  const duty = new LeasedDuty({
    name: 'duty',
    holder,
    store,
    clock,
    ttlMs: 9_000,
    onTrouble: (error) => seen.push(`${holder}: ${String(error)}`),
    work: async (lease, signal) => {
      seen.push(`${holder} begins with ${lease.fence}`);
      await work(lease, signal);
      seen.push(`${holder} ends`);
    },
  });
  const running = duty.run(stop.signal);
  const end = async (): Promise<void> => {
    stop.abort();
    await running;
  };
  ends.push(end);
  return end;
}

function untilAborted(_lease: HeldLease, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
}

it('is done by one, and by the next as soon as that one stops', async () => {
  const end = start('one');
  await clock.advance(0);
  start('two');
  await clock.advance(60_000);
  expect(seen).toEqual(['one begins with 1']);
  await end();
  await clock.advance(1_000);
  expect(seen).toEqual(['one begins with 1', 'one ends', 'two begins with 2']);
});

it('ends when the lease was lost, as to a holder that came while this one stood still', async () => {
  start('one');
  await clock.advance(0);
  // Nothing renews it meanwhile: the machine sleeps, the clock of the store goes on.
  clock.jumpWall(20_000);
  expect(await store.do(takeLease, { name: 'duty', holder: 'two', ttlMs: 9_000 })).toMatchObject({
    kind: 'held',
  });
  await clock.advance(3_000);
  expect(seen).toEqual(['one begins with 1', 'one ends']);
  await clock.advance(20_000);
  expect(seen.at(-1)).toBe('one begins with 3');
});

it('is begun again after work that threw, without spinning', async () => {
  let turns = 0;
  start('one', () => {
    turns++;
    return Promise.reject(new Error('broken'));
  });
  await clock.advance(3_500);
  expect(turns).toBe(4);
  expect(seen).toContain('one: Error: broken');
});
