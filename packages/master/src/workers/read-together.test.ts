import { expect, test } from 'vitest';
import { FakeClock, settle } from '@millrace/testkit/fake-clock';
import { readTogether } from './read-together.ts';

/** What was told, a list for each turn in which promises did not go on between. */
function listening() {
  const clock = new FakeClock();
  const turns: string[][] = [];
  let turn: string[] | undefined;
  const tell = (what: string): void => {
    if (turn === undefined) {
      turns.push((turn = []));
      queueMicrotask(() => (turn = undefined));
    }
    turn.push(what);
  };
  const events = readTogether(
    {
      onMessage: (message) => tell(String(message)),
      onDrain: () => tell('drain'),
      onClose: (why) => tell(`closed: ${why}`),
    },
    (act) => void clock.after(0, act),
  );
  return { clock, events, turns };
}

test('what comes in several reads is told in one turn, in its order', async () => {
  const { clock, events, turns } = listening();
  events.onMessage('one');
  await settle();
  events.onMessage('two');
  await settle();
  expect(turns).toEqual([]);
  await clock.advance(0);
  events.onMessage('three');
  await clock.advance(0);
  expect(turns).toEqual([['one', 'two'], ['three']]);
  expect(clock.pending).toBe(0);
});

test('what had come before the end of a line is told before it, and once', async () => {
  const { clock, events, turns } = listening();
  events.onMessage('last words');
  events.onClose('gone');
  await clock.advance(0);
  expect(turns).toEqual([['last words', 'closed: gone']]);
});
