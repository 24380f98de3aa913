/** A timer that has not fired yet can be cancelled; cancelling it later, or twice, does nothing. */
export interface Timer {
  cancel(): void;
}

/**
 * Time, as everything outside this package sees it. Production is handed {@link systemClock}; tests
 * and the simulator hand in a clock of their own, which is why a year passes there in seconds.
 */
export interface Clock {
  /** Milliseconds since 1970, for people and for the record. It may jump. */
  now(): number;
  /** Milliseconds since some fixed moment, for measuring. It never goes back. */
  monotonicMs(): number;
  /** Calls `act` once, no sooner than `ms` from now. */
  after(ms: number, act: () => void): Timer;
}

export const systemClock: Clock = {
  now: () => Date.now(),
  monotonicMs: () => performance.now(),
  after(ms, act) {
    if (ms <= 0) {
      // Node's timers make a millisecond or more of none, and often that is what somebody waits for.
      const handle = setImmediate(act);
      return { cancel: () => clearImmediate(handle) };
    }
    const handle = setTimeout(act, ms);
    return { cancel: () => clearTimeout(handle) };
  },
};

/**
 * Resolves after `ms`, or as soon as the signal aborts: it never rejects, so that a loop looks at the
 * signal in one place, its own condition.
 */
export function sleep(clock: Clock, ms: number, signal?: AbortSignal): Promise<void> {
  if (signal?.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    const done = (): void => {
      timer.cancel();
      signal?.removeEventListener('abort', done);
      resolve();
    };
    const timer = clock.after(ms, done);
    signal?.addEventListener('abort', done, { once: true });
  });
}

/** Calls `act` every `ms` until cancelled. The next turn is counted from the end of the last. */
export function every(clock: Clock, ms: number, act: () => void): Timer {
  let timer: Timer;
  const turn = (): void => {
    timer = clock.after(ms, turn);
    act();
  };
  timer = clock.after(ms, turn);
  return { cancel: () => timer.cancel() };
}
