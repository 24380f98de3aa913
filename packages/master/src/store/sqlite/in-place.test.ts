import { afterEach, describe, expect, test } from 'vitest';
import { systemClock } from '@millrace/kernel/clock';
import { systemRandom } from '@millrace/kernel/random';
import { keep, operation, query, row, run, signal } from '../operation.ts';
import type { Signal } from '../operation.ts';
import type { Store } from '../store.ts';
import { openSqliteInPlace } from './in-place.ts';
import type { CommitHooks } from './engine.ts';

const put = operation('test.put', function* (_tx, input: { key: string; fails?: boolean }) {
  yield* run('insert into meta (key, value) values (?, ?)', input.key, 'x');
  yield* signal({ topic: 'events' });
  yield* signal({ topic: 'events' });
  if (input.fails) throw new Error('no');
  return input.key;
});
const has = query('test.has', function* (_tx, key: string) {
  return (yield* row('select key from meta where key = ?', key)) !== undefined;
});
const keepBytes = operation('test.keep', function* (_tx, bytes: Uint8Array) {
  return yield* keep(bytes);
});

let store: Store;
const open = (hooks: CommitHooks = {}): Store => {
  store = openSqliteInPlace({ folder: null, clock: systemClock, random: systemRandom, hooks });
  return store;
};
afterEach(() => store.close());

describe('a store in place', () => {
  test('answers, and signals once after the commit', async () => {
    open();
    const heard: Signal[] = [];
    store.onSignal((signal) => heard.push(signal));
    const answer = store.do(put, { key: 'a' });
    expect(heard).toEqual([]);
    expect(await answer).toBe('a');
    expect(heard).toEqual([{ topic: 'events' }]);
    expect(await store.do(has, 'a')).toBe(true);
  });

  test('an operation that throws has changed nothing', async () => {
    open();
    const heard: Signal[] = [];
    store.onSignal((signal) => heard.push(signal));
    await expect(store.do(put, { key: 'a', fails: true })).rejects.toThrow('no');
    expect(await store.do(has, 'a')).toBe(false);
    expect(heard).toEqual([]);
  });

  test('gives back what was kept', async () => {
    open();
    const first = await store.do(keepBytes, Uint8Array.of(1, 2, 3));
    const second = await store.do(keepBytes, new Uint8Array(100_000).fill(7));
    expect(await store.read(first, 3)).toEqual(Uint8Array.of(1, 2, 3));
    expect(await store.read(second, 100_000)).toEqual(new Uint8Array(100_000).fill(7));
    await expect(store.read({ segment: 2, offset: 0 }, 1)).rejects.toMatchObject({ code: 'bytes-missing' });
  });

  test.each([
    ['before the commit', 'beforeCommit', false],
    ['after the commit', 'afterCommit', true],
  ] as const)('a crash %s tells nobody', async (_name, hook, there) => {
    let crash = true;
    open({
      [hook]: () => {
        if (crash) throw new Error('crash');
      },
    });
    const heard: unknown[] = [];
    store.onSignal((signal) => heard.push(signal));
    store.do(put, { key: 'a' }).then(
      (answer) => heard.push(answer),
      (error: unknown) => heard.push(error),
    );
    crash = false;
    expect(await store.do(has, 'a')).toBe(there);
    await store.do(put, { key: 'b' });
    expect(heard).toEqual([{ topic: 'events' }]);
  });
});
