import type { Worker } from '@millrace/protocol/api/workers';

/** A clock that is further off is worth a word. */
const offsetMsMax = 60_000;

/** That a worker's clock is off, as a sentence; null where it is not, or is not known to be. */
export function clockSentence({ clockOffsetMs }: Pick<Worker, 'clockOffsetMs'>): string | null {
  if (clockOffsetMs === null || Math.abs(clockOffsetMs) <= offsetMsMax) return null;
  const minutes = Math.round(Math.abs(clockOffsetMs) / 60_000);
  return `Its clock is ${minutes} min ${clockOffsetMs > 0 ? 'ahead of' : 'behind'} the master's: the times of its steps are off by as much.`;
}
