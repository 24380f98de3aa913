import process from 'node:process';
import type { Result } from '@millrace/protocol/result';
import type { LocalBuild, LocalOrder } from '@millrace/worker/local-build';
import type { BuildShow } from './build-printer.ts';

/** As a shell tells a program that an interrupt ended. */
const interruptedExit = 130;
const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** Where signals come from: the process. */
export interface Interrupts {
  on(signal: NodeJS.Signals, listener: () => void): unknown;
  off(signal: NodeJS.Signals, listener: () => void): unknown;
}

/** How a build here ended. */
export interface Ended {
  readonly result: Result;
  /** The first step that failed, by its index; undefined: none did. */
  readonly failedStep: number | undefined;
}

/**
 * Runs an order to its end and shows it. An interrupt ends the whole tree of commands, in order; a second one ends it
 * at once, and this process with it.
 */
export async function runPlan(
  build: LocalBuild,
  order: LocalOrder,
  show: BuildShow,
  interrupts: Interrupts = process,
): Promise<Ended> {
  let result: Result = 'exception';
  let failedStep: number | undefined;
  let asked = false;
  const interrupted = (): void => {
    if (asked) {
      build.killNow();
      process.exit(interruptedExit);
    }
    asked = true;
    build.cancel('It was interrupted.');
  };
  for (const signal of signals) interrupts.on(signal, interrupted);
  try {
    await build.run(order, async (entry) => {
      const { fact } = entry;
      if (fact.kind === 'build-finished') result = fact.result;
      if (fact.kind === 'step-finished' && isBad(fact.result)) failedStep ??= fact.step;
      await show.show(entry);
    });
    return { result, failedStep };
  } finally {
    for (const signal of signals) interrupts.off(signal, interrupted);
  }
}

function isBad(result: Result): boolean {
  return result === 'failure' || result === 'exception' || result === 'cancelled';
}
