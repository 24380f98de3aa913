import { clock } from '../time/clock.ts';

/**
 * A browser has six connections to a master, over all tabs. So a page that nobody looks at gives its streams
 * back: it looks now and then, for its title and icon, and catches up from its cursor when it is looked at.
 */

/** Calls `act` once the page has been hidden for `ms` without a break. What is returned ends it. */
export function afterHidden(ms: number, act: () => void): () => void {
  let stopTimer: (() => void) | undefined;
  const look = (): void => {
    stopTimer?.();
    stopTimer = document.hidden ? clock.after(ms, act) : undefined;
  };
  look();
  document.addEventListener('visibilitychange', look);
  return () => {
    stopTimer?.();
    document.removeEventListener('visibilitychange', look);
  };
}

/** Resolves when the page is seen, after `ms`, or when the signal aborts. */
export function untilSeen(ms: number, signal: AbortSignal): Promise<void> {
  if (!document.hidden) return Promise.resolve();
  return new Promise((resolve) => {
    const stopTimer = ms === Infinity ? undefined : clock.after(ms, () => done());
    const done = (): void => {
      if (document.hidden && !signal.aborted && ms === Infinity) return;
      stopTimer?.();
      document.removeEventListener('visibilitychange', done);
      resolve();
    };
    document.addEventListener('visibilitychange', done);
    signal.addEventListener('abort', done, { once: true });
  });
}
