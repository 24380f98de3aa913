import { expect, test } from 'vitest';
import { allOrNone } from './all-or-none.ts';

test('gives all results in their order', async () => {
  expect(await allOrNone(new AbortController(), [Promise.resolve(1), Promise.resolve('two')])).toEqual([
    1,
    'two',
  ]);
});

test('gives the first error, after the other task was stopped and has ended', async () => {
  const stop = new AbortController();
  let ended = false;
  const other = new Promise<void>((_resolve, reject) => {
    stop.signal.addEventListener('abort', () => {
      ended = true;
      reject(stop.signal.reason as Error);
    });
  });
  const failing = Promise.reject(new Error('first'));
  await expect(allOrNone(stop, [other, failing])).rejects.toThrow('first');
  expect(ended).toBe(true);
});
