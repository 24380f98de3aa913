import { FakeClock } from '@millrace/testkit/fake-clock';
import type { Act } from '@millrace/testkit/scripted-command';
import { ScriptedPlatform } from '@millrace/testkit/scripted-platform';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { CommandRun, drainMs, leftoverGraceMs } from './command-run.ts';

describe('running a command', () => {
  let clock: FakeClock;
  let platform: ScriptedPlatform;
  let output: string;

  beforeEach(() => {
    clock = new FakeClock();
    output = '';
  });

  afterEach(() => {
    expect(clock.pending).toBe(0);
    expect(platform.alive).toEqual([]);
  });

  function start(acts: readonly Act[]): { run: CommandRun; doneAtMs: () => number | undefined } {
    platform = new ScriptedPlatform(clock, () => acts);
    const run = new CommandRun(
      { args: ['make'], folder: '/', env: {}, separateStreams: false, marker: 'm/1' },
      {
        clock,
        platform,
        killGraceMs: 10_000,
        onOutput: (_stream, bytes) => {
          output += Buffer.from(bytes).toString();
        },
      },
    );
    let at: number | undefined;
    void run.done.then(() => {
      at = clock.monotonicMs();
    });
    return { run, doneAtMs: () => at };
  }

  test('is done at its exit where nothing is left', async () => {
    const { run, doneAtMs } = start([
      { do: 'print', bytes: 'a' },
      { do: 'wait', ms: 50 },
      { do: 'exit', code: 4 },
    ]);
    await clock.advance(60_000);
    expect(doneAtMs()).toBe(50);
    expect(await run.done).toEqual({ exitCode: 4, signal: null });
  });

  test('a grandchild that holds the output has a while, and is then ended', async () => {
    const { doneAtMs } = start([
      { do: 'leave-child', ms: 1e9, holdsOutput: true },
      { do: 'exit', code: 0 },
    ]);
    await clock.advance(60_000);
    expect(doneAtMs()).toBeGreaterThanOrEqual(drainMs);
    expect(doneAtMs()).toBeLessThan(drainMs + leftoverGraceMs);
  });

  test('the time for held output stands still while nobody reads', async () => {
    const { run, doneAtMs } = start([
      { do: 'print', bytes: 'a' },
      { do: 'wait', ms: 10 },
      { do: 'leave-child', ms: 1e9, holdsOutput: true },
      { do: 'exit', code: 0 },
    ]);
    await clock.advance(11);
    run.pause();
    await clock.advance(600_000);
    expect(doneAtMs()).toBeUndefined();
    run.resume();
    await clock.advance(drainMs + 100);
    expect(doneAtMs()).toBeDefined();
  });

  test('stopped with less time than its own, it is killed sooner', async () => {
    const { run, doneAtMs } = start([{ do: 'ignore-sigterm' }, { do: 'wait', ms: 1e9 }]);
    await clock.advance(100);
    run.stop(500);
    await clock.advance(60_000);
    expect(doneAtMs()).toBeGreaterThanOrEqual(600);
    expect(doneAtMs()).toBeLessThan(1_000);
    expect(await run.done).toEqual({ exitCode: null, signal: 'SIGKILL' });
  });

  test('stopped while its output waits, it comes to its end all the same', async () => {
    const { run, doneAtMs } = start([
      { do: 'print', bytes: 'a' },
      { do: 'wait', ms: 1 },
      { do: 'print', bytes: 'b' },
      { do: 'wait', ms: 1e9 },
    ]);
    await clock.advance(0);
    run.pause();
    await clock.advance(1_000);
    run.stop();
    await clock.advance(1_000);
    expect(doneAtMs()).toBeDefined();
    expect(output).toBe('a');
  });
});
