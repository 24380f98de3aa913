import { describe, expect, test } from 'vitest';
import { Wakeup } from './wakeup.ts';

describe('a wakeup', () => {
  test('a wake before the wait is not lost', async () => {
    const wakeup = new Wakeup();
    wakeup.wake();
    await wakeup.wait(new AbortController().signal);
  });

  test('many wakes before a wait are one', async () => {
    const wakeup = new Wakeup();
    const stop = new AbortController();
    wakeup.wake();
    wakeup.wake();
    await wakeup.wait(stop.signal);
    let returned = false;
    const second = wakeup.wait(stop.signal).then(() => (returned = true));
    await Promise.resolve();
    expect(returned).toBe(false);
    stop.abort();
    await second;
    expect(returned).toBe(true);
  });
});
