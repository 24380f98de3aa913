/* Whether the event loop comes round, by its pulses alone: pure. Times are microseconds of the process's clock. */
import { pulseMs } from './heart.ts';

/** A pulse that is so late may be the beginning of a stall: the sampler has to be there before it is over. */
export const lateMs = 45;
/** How soon one that has not come is looked for again. */
const searchMs = 20;
/** Looks come a little more often than pulses, so that they draw near to them, and begin so far behind again. */
const driftMs = 2;
const behindMs = 10;

/**
 * Pulses are counted and have no time. So each look comes shortly after one is due, 30 ms at most: where it has not come
 * it is looked for again, which tells when it does. What blocks the loop is noticed a pulse, these and `lateMs` after it
 * began at the latest: 200 ms, fifty before it is a stall.
 */
export interface PulseWatch {
  readonly count: number;
  /** When it was seen that the loop had come round. */
  readonly aliveUs: number;
  readonly nextUs: number;
  /** The last look found no new pulse. */
  readonly searching: boolean;
  /** It is overdue. */
  readonly isLate: boolean;
}

export function beginPulse(nowUs: number, count: number): PulseWatch {
  return { count, aliveUs: nowUs, nextUs: nowUs + pulseMs * 1000, searching: false, isLate: false };
}

/** One look at how many there have been. */
export function lookAtPulse(watch: PulseWatch, nowUs: number, count: number): PulseWatch {
  if (count !== watch.count) {
    const nextMs = watch.searching ? pulseMs + behindMs : pulseMs - driftMs;
    return { count, aliveUs: nowUs, nextUs: nowUs + nextMs * 1000, searching: false, isLate: false };
  }
  const lateUs = watch.aliveUs + (pulseMs + lateMs) * 1000;
  const isLate = nowUs >= lateUs;
  const againUs = nowUs + searchMs * 1000;
  return { ...watch, nextUs: isLate ? againUs : Math.min(againUs, lateUs), searching: true, isLate };
}
