import process from 'node:process';

const signals = ['SIGINT', 'SIGTERM'] as const;
/** As a shell tells a program that an interrupt ended. */
const interruptedExit = 130;

/**
 * The first interrupt asks to stop in order (`signal` aborts), the second one ends the process at once.
 * @param onSecond Called before it ends; for what must not outlive it.
 */
export function interrupts(onSecond: () => void = () => {}): AbortSignal {
  const stop = new AbortController();
  for (const signal of signals) {
    process.on(signal, () => {
      if (stop.signal.aborted) {
        onSecond();
        process.exit(interruptedExit);
      }
      stop.abort();
    });
  }
  return stop.signal;
}

export function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
