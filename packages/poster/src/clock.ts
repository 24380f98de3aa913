/** Time as poster needs it: a clock that never goes back, and a timer. Hand in another one to test without waiting. */
export interface Clock {
  /** Milliseconds since some moment; only differences mean anything. */
  now(): number;
  /** Calls `act` once, `delayMs` from now. Returns what stops it; stopping twice, or too late, does nothing. */
  after(delayMs: number, act: () => void): () => void;
}

/** A timer's longest delay: beyond 2^31 - 1 ms Node and browsers fire at once. */
const delayMsMax = 2 ** 31 - 1;

/** The machine's own clock. */
export const systemClock: Clock = {
  now: () => performance.now(),
  after(delayMs, act) {
    if (delayMs === Infinity) return () => {};
    const timer = setTimeout(act, Math.min(delayMs, delayMsMax));
    return () => clearTimeout(timer);
  },
};
