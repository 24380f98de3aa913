import { messageOf } from '@millrace/kernel/errors';
import type { Clock } from '@millrace/kernel/clock';

/** The same trouble is told again after so long. */
const againMs = 60_000;
const remembered = 100;

/** Tells troubles as lines, each sentence not more than once a minute: what fails in a loop must not fill a disk. */
export function troubleLog(clock: Clock, log: (line: string) => void): (error: unknown) => void {
  const told = new Map<string, number>();
  return (error) => {
    const now = clock.monotonicMs();
    const sentence = messageOf(error);
    const before = told.get(sentence);
    if (before !== undefined && now - before < againMs) return;
    told.delete(sentence);
    told.set(sentence, now);
    const [oldest] = told.keys();
    if (told.size > remembered && oldest !== undefined) told.delete(oldest);
    // What has a code of its own explains itself; anything else is for whoever mends the program.
    const explained = error instanceof Error && 'code' in error;
    log(`trouble: ${explained || !(error instanceof Error) ? sentence : (error.stack ?? sentence)}`);
  };
}
