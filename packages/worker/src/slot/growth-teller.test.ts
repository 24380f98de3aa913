import { FakeClock } from '@millrace/testkit/fake-clock';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { GrowthTeller } from './growth-teller.ts';

describe('how far a journal is', () => {
  let clock: FakeClock;
  let growth: GrowthTeller;
  let told: string[];

  beforeEach(() => {
    // At the beginning of a window.
    clock = new FakeClock(1_000_000);
    told = [];
    growth = new GrowthTeller(clock, (urgency) => told.push(`${urgency} at ${clock.monotonicMs()}`));
  });

  afterEach(() => {
    expect(clock.pending).toBe(0);
  });

  test('is told at once for whom somebody waits, and once for all that is written in one turn', async () => {
    growth.grown(10, 'opening');
    growth.grown(20, 'soon');
    growth.grown(30, 'now');
    growth.grown(40, 'later');
    expect(told).toEqual([]);
    await clock.advance(200);
    expect(told).toEqual(['now at 0']);
  });

  test('is told once in a window of steps that follow each other fast, and at once after a pause', async () => {
    for (let step = 1; step <= 10; step++) {
      await clock.advance(35);
      growth.grown(step * 100, 'soon');
      growth.grown(step * 100 + 50, 'opening');
    }
    await clock.advance(50);
    expect(told).toEqual(['window at 100', 'window at 200', 'window at 300', 'window at 400']);
    await clock.advance(500);
    growth.grown(2_000, 'soon');
    await clock.advance(0);
    expect(told.slice(4)).toEqual(['window at 900']);
  });

  test('is not told of what has only begun before it is 40 ms old, and then at a window’s end', async () => {
    await clock.advance(50);
    growth.grown(10, 'opening');
    await clock.advance(50);
    expect(told).toEqual(['window at 100']);
    await clock.advance(70);
    growth.grown(20, 'opening');
    await clock.advance(129);
    expect(told).toHaveLength(1);
    await clock.advance(1);
    expect(told).toEqual(['window at 100', 'window at 300']);
  });

  test('is told soon where much output has come, even before what it began with', async () => {
    growth.grown(100, 'opening');
    growth.grown(50_000, 'later');
    await clock.advance(30);
    expect(told).toEqual([]);
    growth.grown(100_000, 'later');
    await clock.advance(20);
    expect(told).toEqual(['window at 50']);
    growth.grown(200_000, 'later');
    await clock.advance(20);
    expect(told).toEqual(['window at 50', 'later at 70']);
  });

  test('is not told earlier because of a little output that nobody watches', async () => {
    await clock.advance(10);
    growth.grown(100, 'later');
    growth.grown(200, 'soon');
    await clock.advance(89);
    expect(told).toEqual([]);
    await clock.advance(1);
    expect(told).toEqual(['window at 100']);
    growth.grown(300, 'later');
    await clock.advance(20);
    expect(told).toEqual(['window at 100', 'later at 120']);
  });

  test('is not told of a build that is over', async () => {
    growth.grown(10, 'soon');
    growth.cancel();
    await clock.advance(1_000);
    expect(told).toEqual([]);
  });
});
