import { describe, expect, test } from 'vitest';
import { buildsetsAdd } from '@millrace/master/store/operations/buildsets';
import { releaseLease, takeLease } from '@millrace/master/store/operations/leases';
import { buildset, Scene } from './dispatch-scene.ts';
import type { OpenedStore } from './opened-store.ts';

/** What keys and leases promise, on every store. */
export function leaseBehaviours(name: string, open: () => Promise<OpenedStore>): void {
  const scene = async () => new Scene(await open());

  describe(`keys and leases on ${name}`, () => {
    test('a key that is given twice adds once, and cannot be used for another call', async () => {
      const at = await scene();
      const call = { ...buildset, idempotency: { key: 'k', call: 'force linux' } };
      const first = await at.store.do(buildsetsAdd, call);
      expect(first).toMatchObject({ kind: 'done', repeated: false });
      expect(await at.second.do(buildsetsAdd, call)).toEqual({ ...first, repeated: true });
      const other = { ...call, idempotency: { key: 'k', call: 'force mac' } };
      expect(await at.store.do(buildsetsAdd, other)).toEqual({ kind: 'conflict' });
    });

    test('a lease has one holder at a time, and a new fence at each change of hands', async () => {
      const at = await scene();
      const take = (holder: string) => at.store.do(takeLease, { name: 'poller', holder, ttlMs: 1_000 });
      expect(await take('one')).toEqual({ kind: 'held', fence: 1 });
      expect(await take('two')).toEqual({ kind: 'taken' });
      expect(await take('one')).toEqual({ kind: 'held', fence: 1 });
      await at.advance(2_000);
      expect(await take('two')).toEqual({ kind: 'held', fence: 2 });
      await at.store.do(releaseLease, { name: 'poller', holder: 'one', fence: 1 });
      expect(await take('one')).toEqual({ kind: 'taken' });
      await at.store.do(releaseLease, { name: 'poller', holder: 'two', fence: 2 });
      expect(await take('one')).toEqual({ kind: 'held', fence: 3 });
    });

    test('a holder that let its lease run out gets a new fence', async () => {
      const at = await scene();
      await at.store.do(takeLease, { name: 'poller', holder: 'one', ttlMs: 1_000 });
      await at.advance(2_000);
      expect(await at.store.do(takeLease, { name: 'poller', holder: 'one', ttlMs: 1_000 })).toEqual({
        kind: 'held',
        fence: 2,
      });
    });
  });
}
