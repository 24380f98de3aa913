import { expect, test } from 'vitest';
import { FakeClock } from '@millrace/testkit/fake-clock';
import { HeapSweeper } from './heap-sweeper.ts';

const MiB = 1024 * 1024;

function sweeperOf(initial: { held: number; used: number }) {
  const clock = new FakeClock(Date.UTC(2026, 0, 1));
  const state = { heap: initial, cpuUs: 0, recordedBytes: 0, sweeps: 0, troubles: 0, fails: false };
  const sweeper = new HeapSweeper({
    clock,
    heap: () => state.heap,
    cpuUs: () => state.cpuUs,
    recordedBytes: () => state.recordedBytes,
    sweep: () => {
      state.sweeps += 1;
      if (state.fails) return Promise.reject(new Error('no'));
      state.heap = { held: state.heap.used, used: state.heap.used };
      return Promise.resolve();
    },
    onTrouble: () => (state.troubles += 1),
  });
  const stop = new AbortController();
  const running = sweeper.run(stop.signal);
  return {
    clock,
    state,
    async [Symbol.asyncDispose]() {
      stop.abort();
      await running;
      expect(clock.pending).toBe(0);
    },
  };
}

test('a heap is swept once when its thread has come to rest, and again when it has grown', async () => {
  await using one = sweeperOf({ held: 30 * MiB, used: 15 * MiB });
  const { clock, state } = one;
  for (let second = 0; second < 5; second++) {
    state.cpuUs += 200_000;
    await clock.advance(1_000);
  }
  expect(state.sweeps).toBe(0);
  await clock.advance(2_000);
  expect(state.sweeps).toBe(1);
  await clock.advance(3_600_000);
  expect(state.sweeps).toBe(1);
  state.heap = { held: 20 * MiB, used: 16 * MiB };
  await clock.advance(10_000);
  expect(state.sweeps).toBe(2);
});

test('while output trickles in nothing is swept, until none has come for some seconds', async () => {
  await using one = sweeperOf({ held: 30 * MiB, used: 15 * MiB });
  const { clock, state } = one;
  for (let window = 0; window < 20; window++) {
    state.recordedBytes += 200_000;
    await clock.advance(2_000);
  }
  expect(state.sweeps).toBe(0);
  await clock.advance(6_000);
  expect(state.sweeps).toBe(1);
});

test('a heap that is too large to stand still for is left to V8', async () => {
  await using one = sweeperOf({ held: 300 * MiB, used: 200 * MiB });
  await one.clock.advance(60_000);
  expect(one.state.sweeps).toBe(0);
});

test('a sweep that fails is told, and tried again', async () => {
  await using one = sweeperOf({ held: 30 * MiB, used: 15 * MiB });
  one.state.fails = true;
  await one.clock.advance(3_000);
  expect(one.state.troubles).toBeGreaterThan(0);
  one.state.fails = false;
  const { sweeps } = one.state;
  await one.clock.advance(10_000);
  expect(one.state.sweeps).toBe(sweeps + 1);
});
