import { describe, expect, test } from 'vitest';
import { readMasterLife, startMasterRow, stopMasterRow } from '@millrace/master/store/operations/masters';
import { watchSilence } from '@millrace/master/store/operations/silence';
import { beat, lostAfterMs } from './dispatch-scene.ts';
import type { OpenedStore } from './opened-store.ts';

const { master, beatMs } = beat;

/** Who a master of a name is, on every store. */
export function masterBehaviours(name: string, open: () => Promise<OpenedStore>): void {
  describe(`masters on ${name}`, () => {
    test('one lives from its start to its stop, or until a few of its beats are missing', async () => {
      const opened = await open();
      const { store } = opened;
      expect(await store.do(readMasterLife, { master, beatMs })).toBeUndefined();
      await store.do(startMasterRow, beat);
      const begun = await store.do(readMasterLife, { master, beatMs });
      expect(begun).toMatchObject({ incarnation: 'first', lives: true });
      await opened.advance(3 * beatMs);
      await store.do(watchSilence, { ...beat, lostAfterMs });
      const later = await store.do(readMasterLife, { master, beatMs });
      expect(later?.lives).toBe(true);
      expect(later?.seenAt).toBeGreaterThan(begun?.seenAt ?? 0);
      await opened.advance(6 * beatMs);
      expect((await store.do(readMasterLife, { master, beatMs }))?.lives).toBe(false);
      await store.do(watchSilence, { ...beat, lostAfterMs });
      await store.do(stopMasterRow, beat);
      expect((await store.do(readMasterLife, { master, beatMs }))?.lives).toBe(false);
    });

    test('one whose name another has taken is told so, and cannot stop the other', async () => {
      const { store, second } = await open();
      await store.do(startMasterRow, beat);
      await second.do(startMasterRow, { ...beat, incarnation: 'other' });
      await expect(store.do(watchSilence, { ...beat, lostAfterMs })).rejects.toMatchObject({
        code: 'master-replaced',
      });
      await store.do(stopMasterRow, beat);
      expect(await second.do(readMasterLife, { master, beatMs })).toMatchObject({
        incarnation: 'other',
        lives: true,
      });
    });
  });
}
