import { describe, expect, test } from 'vitest';
import type { OpenedStore } from './opened-store.ts';
import { insertReasons, seeReasons } from './test-operations.ts';

/** What is known of new rows, on every store. */
export function insertBehaviours(name: string, open: () => Promise<OpenedStore>): void {
  describe(`inserts on ${name}`, () => {
    test('tell the ids of their rows in the order of the rows, whoever inserts beside them', async () => {
      const { store } = await open();
      const asked = ['a', 'b', 'c'].map((one) => [`${one}1`, `${one}2`, `${one}3`]);
      const told = await Promise.all(asked.map((reasons) => store.do(insertReasons, reasons)));
      expect(new Set(told.flat()).size).toBe(9);
      for (const [index, ids] of told.entries())
        expect(await store.do(seeReasons, ids)).toEqual(asked[index]);
    });
  });
}
