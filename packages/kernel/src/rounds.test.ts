import { FakeClock } from '@millrace/testkit/fake-clock';
import { expect, test } from 'vitest';
import { everyRound, msToRound } from './rounds.ts';

test('those who begin at different moments act in the same ones', async () => {
  const clock = new FakeClock(1_700_000_000_000);
  const acts: string[] = [];
  const act = (who: string) => (): void => void acts.push(`${who} ${clock.monotonicMs()}`);
  const one = everyRound(clock, 2_000, act('one'));
  await clock.advance(700);
  const other = everyRound(clock, 4_000, act('other'));
  await clock.advance(8_000);
  expect(acts).toEqual(['one 2000', 'other 4000', 'one 4000', 'one 6000', 'other 8000', 'one 8000']);
  one.cancel();
  other.cancel();
  expect(clock.pending).toBe(0);
});

test('a round that is nearly there is left to the next, as to a timer that fires a moment early', () => {
  const at = (ms: number): number => msToRound(new FakeClock(1_700_000_000_000 + ms), 1_000);
  expect([at(0), at(1), at(750), at(751), at(999)]).toEqual([1_000, 999, 250, 1_249, 1_001]);
});
