import { describe, expect, test } from 'vitest';
import { loadMinutesKept, readLoad, recordLoad } from '@millrace/master/store/operations/load';
import type { RecordLoad } from '@millrace/master/store/operations/load';
import { listStalls, recordStall, stallsKept } from '@millrace/master/store/operations/stalls';
import type { OpenedStore } from './opened-store.ts';

const figures: Omit<RecordLoad, 'minute'> = {
  master: 'm1',
  busyShare: 0.5,
  rooms: { api: 0.75, logs: 0.25 },
  delayP50Ms: 1.5,
  delayP99Ms: 2,
  delayMaxMs: 3,
  stalls: 1,
  logBytes: 10,
  commits: 7,
  segmentSyncs: 2,
  gcMs: 4,
  residentBytes: 100,
  version: '1',
  generation: 'g1',
  started: true,
};

/** What is kept of how busy masters were, on every store. */
export function loadBehaviours(name: string, open: () => Promise<OpenedStore>): void {
  describe(`load on ${name}`, () => {
    test('has a row a minute of each master, which is replaced when it is told again', async () => {
      const { store } = await open();
      await store.do(recordLoad, { ...figures, minute: 10 });
      await store.do(recordLoad, { ...figures, minute: 11, busyShare: 0.1 });
      await store.do(recordLoad, { ...figures, minute: 11, busyShare: 0.2 });
      await store.do(recordLoad, { ...figures, minute: 11, master: 'm2' });
      const { master: _master, ...kept } = figures;
      expect(await store.do(readLoad, { master: 'm1', from: 0, to: 100, limit: 10 })).toEqual([
        { ...kept, minute: 10, builds: 0 },
        { ...kept, minute: 11, builds: 0, busyShare: 0.2 },
      ]);
      expect(await store.do(readLoad, { master: 'm1', from: 11, to: 12, limit: 10 })).toHaveLength(1);
      expect(await store.do(readLoad, { master: 'm1', from: 0, to: 11, limit: 10 })).toHaveLength(1);
    });

    test('is kept for a year', async () => {
      const { store } = await open();
      for (const minute of [1, 2, loadMinutesKept + 2]) await store.do(recordLoad, { ...figures, minute });
      const all = await store.do(readLoad, { master: 'm1', from: 0, to: 10 ** 9, limit: 10 });
      expect(all.map(({ minute }) => minute)).toEqual([2, loadMinutesKept + 2]);
    });

    test('stalls are kept newest first, up to a number of each master', async () => {
      const { store } = await open();
      const stall = { ms: 300, room: 'api', function: 'f', during: [], before: [], samples: 1 };
      const record = (at: number): Promise<void> =>
        store.do(recordStall, { master: 'm1', stall: { ...stall, at } });
      await Promise.all(Array.from({ length: stallsKept + 1 }, (_, at) => record(at)));
      // A master tells one after the other; those above, at once, got their numbers in any order.
      await record(stallsKept + 1);
      const kept = await store.do(listStalls, { master: 'm1' });
      expect(kept).toHaveLength(stallsKept);
      expect(kept[0]?.at).toBe(stallsKept + 1);
      expect(await store.do(listStalls, { master: 'm2' })).toEqual([]);
    });
  });
}
