import { describe, expect, test } from 'vitest';
import { FakeClock } from '@millrace/testkit/fake-clock';
import { GroupCommit } from './group-commit.ts';

/** Items of this size are calls. */
const callBytes = 7;

/** Commits take `commitMs` of the clock's time; items are their own bytes. */
function paced(commitMs: number, burst = 1, busyItems = Infinity) {
  const clock = new FakeClock();
  const groups: { atMs: number; items: readonly number[] }[] = [];
  const group = new GroupCommit<number>({
    clock,
    windowMs: 12,
    busyWindowMs: 5,
    busyItems,
    burst,
    bytesMax: 100,
    itemsMax: 5,
    weightMax: 3,
    weightOf: (item) => (item === callBytes ? 1 : 0),
    bytesOf: (item) => item,
    commit: (items) =>
      new Promise((resolve) => {
        groups.push({ atMs: clock.monotonicMs(), items });
        clock.after(commitMs, resolve);
      }),
  });
  return { clock, group, groups };
}

describe('group commit', () => {
  test('what comes first goes at once, with what comes in the same turn', async () => {
    const { clock, group, groups } = paced(1);
    group.add(1);
    group.add(2);
    await clock.advance(0);
    expect(groups).toEqual([{ atMs: 0, items: [1, 2] }]);
    await clock.advance(100);
    group.add(3);
    await clock.advance(0);
    expect(groups.at(-1)).toEqual({ atMs: 100, items: [3] });
  });

  test('what comes while it is busy goes together, one commit a window', async () => {
    const { clock, group, groups } = paced(1);
    group.add(1);
    for (const item of [2, 3, 4]) {
      await clock.advance(2);
      group.add(item);
    }
    await clock.advance(100);
    expect(groups).toEqual([
      { atMs: 0, items: [1] },
      { atMs: 12, items: [2, 3, 4] },
    ]);
    expect(clock.pending).toBe(0);
  });

  test('a full group waits for no window, and no group is larger', async () => {
    const { clock, group, groups } = paced(1);
    group.add(1);
    await clock.advance(2);
    for (const item of [60, 60, 60]) group.add(item);
    await clock.advance(100);
    expect(groups.map(({ atMs, items }) => [atMs, ...items])).toEqual([
      [0, 1],
      [2, 60],
      [3, 60],
      [15, 60],
    ]);
  });

  test('many small ones are bounded too', async () => {
    const { clock, group, groups } = paced(1);
    for (let item = 0; item < 12; item++) group.add(1);
    await clock.advance(100);
    expect(groups.map(({ items }) => items.length)).toEqual([5, 5, 2]);
  });

  test('a group of many is followed sooner than one of few', async () => {
    const { clock, group, groups } = paced(1, 1, 3);
    for (const item of [1, 1, 1]) group.add(item);
    await clock.advance(2);
    group.add(1);
    group.add(1);
    await clock.advance(4);
    group.add(1);
    await clock.advance(100);
    expect(groups.map(({ atMs, items }) => [atMs, items.length])).toEqual([
      [0, 3],
      [5, 2],
      [17, 1],
    ]);
  });

  test('enough calls wait for no window, and take along what waits beside them', async () => {
    const { clock, group, groups } = paced(2);
    group.add(1);
    await clock.advance(3);
    for (const item of [callBytes, 1, callBytes]) group.add(item);
    await clock.advance(2);
    group.add(callBytes);
    await clock.advance(0);
    group.add(callBytes);
    group.add(callBytes);
    await clock.advance(100);
    expect(groups.map(({ atMs, items }) => [atMs, ...items])).toEqual([
      [0, 1],
      [5, callBytes, 1, callBytes, callBytes],
      [17, callBytes, callBytes],
    ]);
  });

  test('one item over the bound goes alone', async () => {
    const { clock, group, groups } = paced(1);
    for (const item of [1, 500, 1]) group.add(item);
    await clock.advance(100);
    expect(groups.map(({ items }) => items)).toEqual([[1], [500], [1]]);
  });

  test('whoever asks one thing after the other is paced only after a while, and not again after a rest', async () => {
    const { clock, group, groups } = paced(1, 3);
    const askOneAfterTheOther = async (times: number): Promise<readonly number[]> => {
      const before = groups.length;
      const start = clock.monotonicMs();
      for (let time = 0; time < times; time++) {
        group.add(1);
        const idle = group.idle();
        while (group.waiting > 0) await clock.advance(1);
        await clock.advance(1);
        await idle;
      }
      return groups.slice(before).map(({ atMs }) => atMs - start);
    };
    expect(await askOneAfterTheOther(6)).toEqual([0, 2, 4, 12, 24, 36]);
    await clock.advance(1_000);
    expect(await askOneAfterTheOther(3)).toEqual([0, 2, 4]);
  });

  test('after full groups it is paced, and not stopped', async () => {
    const { clock, group, groups } = paced(1, 3);
    for (let item = 0; item < 20; item++) group.add(100);
    group.add(1);
    await clock.advance(100);
    const [last, secondLast] = groups.map(({ atMs }) => atMs).toReversed();
    expect((last ?? 0) - (secondLast ?? 0)).toBeLessThanOrEqual(12);
  });

  test('one commit is under way at a time, however long it takes', async () => {
    const { clock, group, groups } = paced(50);
    group.add(1);
    await clock.advance(1);
    group.add(100);
    group.add(2);
    await clock.advance(200);
    expect(groups.map(({ atMs }) => atMs)).toEqual([0, 50, 100]);
  });

  test('is idle after the last commit', async () => {
    const { clock, group } = paced(5);
    await group.idle();
    group.add(1);
    let idle = false;
    void group.idle().then(() => {
      idle = true;
    });
    await clock.advance(4);
    expect(idle).toBe(false);
    await clock.advance(1);
    expect(idle).toBe(true);
  });
});
