import { expect, test } from 'vitest';
import { FakeClock } from '@millrace/testkit/fake-clock';
import { SeededRandom } from '@millrace/testkit/seeded-random';
import { MeasuredStore } from './measured-store.ts';
import { operation, query, row } from './operation.ts';
import { openSqliteInPlace } from './sqlite/in-place.ts';

const fail = operation('test.fail', () => {
  throw new Error('no');
});
const ask = query('test.ask', () => row<{ seven: number }>('select 7 as seven'));

test('a measured store counts each kind of operation, and those that threw', async () => {
  const clock = new FakeClock();
  const inner = openSqliteInPlace({ folder: null, clock, random: new SeededRandom(1) });
  const store = new MeasuredStore(inner, clock);
  expect(await Promise.all([store.do(ask, undefined), store.do(ask, undefined)])).toEqual([
    { seven: 7 },
    { seven: 7 },
  ]);
  const failing = store.do(fail, undefined);
  expect(store.figures().waiting).toBe(1);
  await expect(failing).rejects.toThrow('no');
  expect(store.figures()).toEqual({
    operations: [
      { operation: 'test.ask', done: 2, failed: 0, seconds: 0 },
      { operation: 'test.fail', done: 1, failed: 1, seconds: 0 },
    ],
    waiting: 0,
  });
  expect(store.epoch).toBe(inner.epoch);
  await store.close();
});
