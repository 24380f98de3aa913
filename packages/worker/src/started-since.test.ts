import { describe, expect, test } from 'vitest';
import { livingFrom, mayHaveGoneRound, startedFrom } from './started-since.ts';
import type { ProcessNumbers } from './started-since.ts';

/** A system that has given out a number last, and of which some are in use, each its own group. */
class ScriptedNumbers implements ProcessNumbers {
  readonly looked: number[] = [];
  readonly #living: ReadonlySet<number>;
  /** One for each time that it is asked; the last of them from then on. */
  readonly #last: number[];

  constructor(last: readonly number[], living: readonly number[]) {
    this.#last = [...last];
    this.#living = new Set(living);
  }

  last(): number {
    return (this.#last.length > 1 ? this.#last.shift() : this.#last[0]) ?? 0;
  }

  max(): number {
    return 32_768;
  }

  groupOf(pid: number): number | undefined {
    this.looked.push(pid);
    return this.#living.has(pid) ? pid : undefined;
  }
}

const pids = (living: readonly { readonly pid: number }[] | undefined): readonly number[] | undefined =>
  living?.map(({ pid }) => pid);

describe('processes started since one', () => {
  test('are those that live with its number or a later one', () => {
    const numbers = new ScriptedNumbers([104], [99, 100, 103]);
    expect(livingFrom(100, numbers)).toEqual([
      { pid: 100, group: 100 },
      { pid: 103, group: 103 },
    ]);
    expect(numbers.looked).toEqual([100, 101, 102, 103, 104]);
  });

  test('are also those that were started while the others were looked at', () => {
    const numbers = new ScriptedNumbers([101, 103, 103], [103]);
    expect(pids(livingFrom(100, numbers))).toEqual([103]);
  });

  test('are tried up to three hundred, and no more', () => {
    expect(pids(livingFrom(100, new ScriptedNumbers([399], [399])))).toEqual([399]);
    const numbers = new ScriptedNumbers([400], [399]);
    expect(livingFrom(100, numbers)).toBeUndefined();
    expect(numbers.looked).toEqual([]);
  });

  test('are not tried any more where their number grows beyond it meanwhile', () => {
    expect(livingFrom(100, new ScriptedNumbers([101, 400], []))).toBeUndefined();
  });

  test('are not tried where the numbers have begun anew', () => {
    const numbers = new ScriptedNumbers([12], [3]);
    expect(livingFrom(32_700, numbers)).toBeUndefined();
    expect(numbers.looked).toEqual([]);
  });

  test('are not tried any more where the numbers begin anew meanwhile', () => {
    expect(livingFrom(32_700, new ScriptedNumbers([32_767, 305], [32_701]))).toBeUndefined();
    expect(livingFrom(300, new ScriptedNumbers([310, 305], [301]))).toBeUndefined();
  });

  test('are of a list those between its number and the last', () => {
    const since = startedFrom(100, new ScriptedNumbers([500], []));
    expect([99, 100, 300, 500, 501].filter(since)).toEqual([100, 300, 500]);
  });

  test('are of a list those beyond its number and the low ones where the numbers have begun anew', () => {
    const since = startedFrom(32_700, new ScriptedNumbers([12], []));
    expect([1, 12, 13, 32_699, 32_700, 32_767].filter(since)).toEqual([1, 12, 32_700, 32_767]);
  });

  test('may be anybody where its number can have been given out again', () => {
    const numbers = new ScriptedNumbers([0], []);
    expect(mayHaveGoneRound(6_000, numbers)).toBe(false);
    expect(mayHaveGoneRound(7_000, numbers)).toBe(true);
  });
});
