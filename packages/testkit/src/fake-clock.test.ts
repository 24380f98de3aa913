import { describe, expect, test } from 'vitest';
import { every, sleep } from '@millrace/kernel/clock';
import fc from 'fast-check';
import { FakeClock } from './fake-clock.ts';

describe('a fake clock', () => {
  test('fires timers by time, then by making, and none that was cancelled', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.record({ ms: fc.nat(20), cancel: fc.boolean() }), { maxLength: 60 }),
        async (list) => {
          const clock = new FakeClock();
          const fired: number[] = [];
          const timers = list.map(({ ms }, index) => clock.after(ms, () => fired.push(index)));
          for (const [index, { cancel }] of list.entries()) if (cancel) timers[index]?.cancel();
          const expected = list
            .map((timer, index) => ({ ...timer, index }))
            .filter(({ cancel }) => !cancel)
            .sort((left, right) => left.ms - right.ms || left.index - right.index)
            .map(({ index }) => index);
          expect(clock.pending).toBe(expected.length);
          await clock.advance(20);
          expect(fired).toEqual(expected);
          expect(clock.pending).toBe(0);
        },
      ),
    );
  });

  test('serves what awaits before time goes on', async () => {
    const clock = new FakeClock(0);
    const seen: number[] = [];
    const loop = (async (): Promise<void> => {
      for (let turn = 0; turn < 3; turn++) {
        await sleep(clock, 10);
        await Promise.resolve();
        seen.push(clock.now());
      }
    })();
    await clock.advance(100);
    await loop;
    expect(seen).toEqual([10, 20, 30]);
    expect(clock.now()).toBe(100);
  });

  test('runs until something holds, and fails when it cannot', async () => {
    const clock = new FakeClock();
    let turns = 0;
    const timer = every(clock, 5, () => (turns += 1));
    await clock.runUntil(() => turns === 7);
    expect(clock.monotonicMs()).toBe(35);
    await expect(clock.runUntil(() => false, 100)).rejects.toThrow('within 100 ms');
    timer.cancel();
    await expect(clock.runUntil(() => false)).rejects.toThrow('still to happen');
    expect(clock.pending).toBe(0);
  });

  test('the calendar may jump; timers do not notice', async () => {
    const clock = new FakeClock(1_000);
    let fired = false;
    clock.after(10, () => (fired = true));
    clock.jumpWall(-500);
    expect(clock.now()).toBe(500);
    await clock.advance(9);
    expect(fired).toBe(false);
    await clock.advance(1);
    expect(fired).toBe(true);
  });
});
