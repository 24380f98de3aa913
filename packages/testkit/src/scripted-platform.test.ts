import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Command, CommandStart } from '@millrace/worker/platform';
import { FakeClock } from './fake-clock.ts';
import type { Act } from './scripted-command.ts';
import { ScriptedPlatform } from './scripted-platform.ts';

const start: CommandStart = {
  args: ['make'],
  folder: '/build',
  env: {},
  separateStreams: false,
  marker: 'w/0/7-1/0',
};

describe('a scripted platform', () => {
  let clock: FakeClock;
  let seen: string[];
  let platform: ScriptedPlatform;

  beforeEach(() => {
    clock = new FakeClock();
    seen = [];
  });

  afterEach(() => {
    expect(clock.pending).toBe(0);
    expect(platform.alive).toEqual([]);
  });

  function run(acts: readonly Act[], separateStreams = false): Command {
    platform = new ScriptedPlatform(clock, () => acts);
    return platform.startCommand(
      { ...start, separateStreams },
      {
        onOutput: (stream, bytes) => seen.push(`${stream}:${Buffer.from(bytes).toString()}`),
        onExit: (end) => seen.push(`exit:${end.exitCode ?? end.signal ?? ''}`),
        onOutputEnd: () => seen.push('output-end'),
      },
    );
  }

  test('a command prints, waits and exits', async () => {
    run([
      { do: 'print', bytes: 'a' },
      { do: 'wait', ms: 10 },
      { do: 'print', bytes: 'b' },
      { do: 'exit', code: 3 },
    ]);
    await clock.advance(9);
    expect(seen).toEqual(['combined:a']);
    await clock.advance(1);
    expect(seen).toEqual(['combined:a', 'combined:b', 'exit:3', 'output-end']);
  });

  test('streams are told apart when they are asked for', async () => {
    run(
      [
        { do: 'print', bytes: 'a' },
        { do: 'print', bytes: 'b', to: 'stderr' },
      ],
      true,
    );
    await clock.advance(0);
    expect(seen).toEqual(['stdout:a', 'stderr:b', 'exit:0', 'output-end']);
  });

  test('a paused reader blocks the command, and loses nothing', async () => {
    const command = run([
      { do: 'print', bytes: 'a' },
      { do: 'wait', ms: 1 },
      { do: 'print', bytes: 'b' },
    ]);
    await clock.advance(0);
    command.pause();
    await clock.advance(100);
    expect(seen).toEqual(['combined:a']);
    command.resume();
    await clock.advance(0);
    expect(seen).toEqual(['combined:a', 'combined:b', 'exit:0', 'output-end']);
  });

  test('SIGTERM may be ignored, SIGKILL not', async () => {
    const command = run([{ do: 'ignore-sigterm' }, { do: 'wait', ms: 1000 }]);
    await clock.advance(0);
    command.signalTree('SIGTERM');
    expect(command.treeAlive()).toBe(true);
    command.signalTree('SIGKILL');
    expect(command.treeAlive()).toBe(false);
    await clock.advance(0);
    expect(seen).toEqual(['exit:SIGKILL', 'output-end']);
  });

  test('a child that is left holds the output until it goes', async () => {
    const command = run([
      { do: 'leave-child', ms: 50, holdsOutput: true },
      { do: 'exit', code: 0 },
    ]);
    await clock.advance(49);
    expect(seen).toEqual(['exit:0']);
    expect(command.treeAlive()).toBe(true);
    await clock.advance(1);
    expect(seen).toEqual(['exit:0', 'output-end']);
  });

  test('the commands of a dead process live on unheard, and are found by their marker', async () => {
    platform = new ScriptedPlatform(clock, () => [
      { do: 'wait', ms: 1000 },
      { do: 'print', bytes: 'a' },
    ]);
    const lent = platform.lend();
    lent.platform.startCommand(start, {
      onOutput: () => seen.push('output'),
      onExit: () => seen.push('exit'),
      onOutputEnd: () => seen.push('end'),
    });
    await clock.advance(10);
    lent.revoke();
    await clock.advance(10);
    expect(platform.alive).toEqual(['w/0/7-1/0']);
    expect(platform.signalMarked('w/1/')).toBe(0);
    expect(platform.signalMarked('w/0/')).toBe(1);
    expect(platform.signalMarked('w/0/', 'SIGKILL')).toBe(1);
    expect(platform.signalMarked('w/0/')).toBe(0);
    await clock.advance(0);
    expect(seen).toEqual([]);
  });
});
