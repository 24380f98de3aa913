import type { Random } from './random.ts';

export interface Backoff {
  readonly firstMs: number;
  readonly mostMs: number;
}

/**
 * How long to wait before try number `attempt` (1 is the first repeat): doubling from `firstMs` to
 * `mostMs`, the upper half of it random, so that many who failed together do not return together.
 * "Equal jitter" of the AWS Architecture Blog, "Exponential Backoff And Jitter", 2015.
 */
export function backoffMs(backoff: Backoff, attempt: number, random: Random): number {
  const whole = Math.min(backoff.mostMs, backoff.firstMs * 2 ** Math.min(attempt - 1, 30));
  return whole / 2 + random.fraction() * (whole / 2);
}
