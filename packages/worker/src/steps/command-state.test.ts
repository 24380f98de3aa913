import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { commandStarted, onCommandInput } from './command-state.ts';
import type { CommandEffect, CommandInput, CommandState } from './command-state.ts';

const exit: CommandInput = { type: 'exit', end: { exitCode: 0, signal: null } };
const outputEnd: CommandInput = { type: 'output-end' };
const stop: CommandInput = { type: 'stop' };
const time: CommandInput = { type: 'time' };
const alive: CommandInput = { type: 'looked', alive: true };
const gone: CommandInput = { type: 'looked', alive: false };

/** The effects of each input, as short words. */
function transcript(...inputs: readonly CommandInput[]): { phase: string; effects: readonly string[] } {
  let state: CommandState = commandStarted;
  const effects: string[] = [];
  for (const input of inputs) {
    const next = onCommandInput(state, input);
    state = next.state;
    effects.push(next.effects.map(word).join(' '));
  }
  return { phase: state.phase, effects };
}

function word(effect: CommandEffect): string {
  if (effect.do === 'signal') return effect.signal;
  return effect.do === 'wait' ? `wait:${effect.for}` : effect.do;
}

describe('the life of a command', () => {
  test('it exits, its output ends, nothing is left', () => {
    expect(transcript(exit, outputEnd, gone)).toEqual({
      phase: 'done',
      effects: ['wait:drain', 'look', 'tell-done'],
    });
    expect(transcript(outputEnd, exit, gone)).toEqual({ phase: 'done', effects: ['', 'look', 'tell-done'] });
  });

  test('a grandchild that holds the output is given a while, then ended', () => {
    expect(transcript(exit, time, alive, alive, gone, outputEnd)).toEqual({
      phase: 'done',
      effects: [
        'wait:drain',
        'look',
        'SIGTERM wait:leftover-grace look-later',
        'look-later',
        'read-rest wait:drain',
        'tell-done',
      ],
    });
  });

  test('one that is stopped is told to end, then killed, and its last output is read', () => {
    expect(transcript(stop, alive, time, alive, gone, exit, outputEnd)).toEqual({
      phase: 'done',
      effects: [
        'SIGTERM wait:grace look-later',
        'look-later',
        'SIGKILL wait:give-up look-later',
        'SIGKILL look-later',
        'read-rest wait:drain',
        '',
        'tell-done',
      ],
    });
  });

  test('output that never ends is let go of, and a process that never ends is given up', () => {
    expect(transcript(stop, exit, gone, time).effects.at(-1)).toBe('abandon-output tell-done');
    expect(transcript(stop, time, alive, time).effects.at(-1)).toBe('abandon-output tell-done');
  });

  test('whatever comes in whatever order, the end is told once, and only when nothing is known to live', () => {
    const input = fc.constantFrom(exit, outputEnd, stop, time, alive, gone);
    fc.assert(
      fc.property(fc.array(input, { maxLength: 30 }), (inputs) => {
        let state: CommandState = commandStarted;
        let told = 0;
        let killed = false;
        for (const one of inputs) {
          const next = onCommandInput(state, one);
          for (const effect of next.effects) {
            if (effect.do === 'signal' && effect.signal === 'SIGKILL') killed = true;
            if (effect.do !== 'tell-done') continue;
            told += 1;
            // Only a tree that was seen to be gone, or one that outlived SIGKILL, is done with.
            expect(inputs.includes(gone) || killed).toBe(true);
          }
          state = next.state;
        }
        expect(told).toBe(state.phase === 'done' ? 1 : 0);
      }),
    );
  });
});
