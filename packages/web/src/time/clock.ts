/** The page's clock: the one place of the pages that reads it. */
export const clock = {
  /** Milliseconds since 1970. */
  now: (): number => Date.now(),
  /** Calls `act` after `ms`; what is returned takes it back. */
  after(ms: number, act: () => void): () => void {
    const handle = window.setTimeout(act, ms);
    return () => window.clearTimeout(handle);
  },
};

/** Resolves after `ms` or when the signal aborts. */
export function sleep(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const stop = clock.after(ms, resolve);
    signal.addEventListener(
      'abort',
      () => {
        stop();
        resolve();
      },
      { once: true },
    );
  });
}
