import type { Clock } from './clock.ts';

/** Times in a second that go on for ever, and how many may come at once. */
export interface RateLimit {
  readonly perSecond: number;
  readonly burst: number;
}

/** Those that are remembered; beyond, the one that was used the longest time ago is forgotten, and is full again. */
const bucketsMax = 10_000;

interface Bucket {
  tokens: number;
  /** By the clock's monotonic time. */
  at: number;
}

/**
 * How often each of many may do something: each has a bucket of `burst` tokens, which is filled by `perSecond`, and
 * each time costs one (https://en.wikipedia.org/wiki/Token_bucket).
 */
export class TokenBuckets {
  readonly #clock: Clock;
  readonly #limit: () => RateLimit;
  readonly #buckets = new Map<string, Bucket>();

  constructor(clock: Clock, limit: () => RateLimit) {
    this.#clock = clock;
    this.#limit = limit;
  }

  /** 0: it may, and has. Else after how many milliseconds it may come again. */
  take(key: string): number {
    const { perSecond, burst } = this.#limit();
    const now = this.#clock.monotonicMs();
    const known = this.#buckets.get(key);
    const filled = known ? known.tokens + ((now - known.at) / 1000) * perSecond : burst;
    const tokens = Math.min(burst, filled);
    const may = tokens >= 1;
    this.#buckets.delete(key);
    this.#buckets.set(key, { tokens: may ? tokens - 1 : tokens, at: now });
    const [oldest] = this.#buckets.keys();
    if (this.#buckets.size > bucketsMax && oldest !== undefined) this.#buckets.delete(oldest);
    return may ? 0 : Math.ceil(((1 - tokens) / perSecond) * 1000);
  }
}
