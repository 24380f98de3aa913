import { describe, expect, test } from 'vitest';
import { BytesBatch, KeptNumbers } from './bytes-batch.ts';
import type { Send } from './bytes-batch.ts';

/** Counts what is sent; numbers are given out from 1. */
function counting() {
  const sent: { sql: string; params: number }[] = [];
  let next = 1;
  const send: Send = async (sql, params) => {
    sent.push({ sql: sql.slice(0, 6), params: params.length });
    return sql.startsWith('select') ? Array.from({ length: 256 }, () => ({ id: next++ })) : [];
  };
  return { sent, send };
}

describe('bytes that an operation keeps', () => {
  test('are inserted together, under numbers that are fetched ahead', async () => {
    const { sent, send } = counting();
    const numbers = new KeptNumbers();
    const batch = new BytesBatch(send, numbers);
    for (let id = 1; id <= 10; id++)
      expect(await batch.keep(new Uint8Array(100))).toEqual({ segment: id, offset: 0 });
    expect(sent).toEqual([{ sql: 'select', params: 0 }]);
    await batch.flush();
    await batch.flush();
    expect(sent.slice(1)).toEqual([{ sql: 'insert', params: 20 }]);
    const next = new BytesBatch(send, numbers);
    expect(await next.keep(new Uint8Array(1))).toEqual({ segment: 11, offset: 0 });
    expect(sent).toHaveLength(2);
  });

  test('are inserted in between when they are many', async () => {
    const { sent, send } = counting();
    const batch = new BytesBatch(send, new KeptNumbers());
    for (let count = 0; count < 20; count++) await batch.keep(new Uint8Array(1));
    await batch.keep(new Uint8Array(5 * 1024 ** 2));
    expect(sent.map(({ params }) => params)).toEqual([0, 32, 10]);
  });
});
