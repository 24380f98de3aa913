import type { Clock, Timer } from './clock.ts';

/**
 * How long until the next whole multiple of `everyMs` on the calendar, in milliseconds; the one after it where that is
 * less than a quarter of `everyMs` away. Those who do something now and then, each for itself, do it in one wake-up of
 * the process this way, and what they write goes into one commit: waking up is most of what a process costs that has
 * nothing to do. A calendar that is set moves the rounds once.
 */
export function msToRound(clock: Clock, everyMs: number): number {
  const leftMs = everyMs - (clock.now() % everyMs);
  return leftMs < everyMs / 4 ? leftMs + everyMs : leftMs;
}

/** Calls `act` at each round until cancelled. */
export function everyRound(clock: Clock, everyMs: number, act: () => void): Timer {
  let timer: Timer;
  const turn = (): void => {
    timer = clock.after(msToRound(clock, everyMs), turn);
    act();
  };
  timer = clock.after(msToRound(clock, everyMs), turn);
  return { cancel: () => timer.cancel() };
}
