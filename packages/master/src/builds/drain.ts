import { sleep } from '@millrace/kernel/clock';
import type { Clock } from '@millrace/kernel/clock';
import { stopRunning } from '../store/operations/masters.ts';
import { readFigures } from '../store/operations/read-metrics.ts';
import type { Store } from '../store/store.ts';

export interface DrainParts {
  readonly store: Store;
  readonly clock: Clock;
  /** What does not end within this time is left to the next start, which finds it cancelled or running. */
  readonly drainMsMax: number;
}

/** How often it looks whether all have ended. */
const lookEveryMs = 100;

/**
 * Cancels all that runs, to be queued again, and waits for its end. Whoever gives out builds has been stopped
 * before. Answers how many builds have not ended in time.
 */
export async function drain(parts: DrainParts, signal: AbortSignal): Promise<number> {
  const { store, clock, drainMsMax } = parts;
  await store.do(stopRunning, undefined);
  const until = clock.monotonicMs() + drainMsMax;
  for (;;) {
    const { runningBuilds } = await store.do(readFigures, undefined);
    if (runningBuilds === 0 || signal.aborted || clock.monotonicMs() >= until) return runningBuilds;
    await sleep(clock, lookEveryMs, signal);
  }
}
