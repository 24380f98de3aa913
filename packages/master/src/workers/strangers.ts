import type { Clock } from '@millrace/kernel/clock';
import { TokenBuckets } from '@millrace/kernel/token-buckets';
import { addressKey } from '../model/address.ts';

/** The part of a socket that is asked where it comes from. */
export interface Caller {
  readonly remoteAddress?: string | undefined;
  once(event: 'close', listener: () => void): unknown;
}

/** Connections at a time of one address, and of all. */
const openPerAddressMax = 20;
const openMax = 1_000;
/** One that is refused comes again after ten seconds. */
const limit = { perSecond: 2, burst: 20 };

/** Connections of agents whose token no worker has: they are told so, but few at a time. */
export class Strangers {
  readonly #open = new Map<string, number>();
  readonly #attempts: TokenBuckets;
  #all = 0;

  constructor(clock: Clock) {
    this.#attempts = new TokenBuckets(clock, () => limit);
  }

  /** Whether this one may stay; it counts until it closes. */
  admit(caller: Caller): boolean {
    const address = addressKey(caller.remoteAddress ?? '');
    const open = this.#open.get(address) ?? 0;
    if (open >= openPerAddressMax || this.#all >= openMax || this.#attempts.take(address) > 0) return false;
    this.#open.set(address, open + 1);
    this.#all += 1;
    caller.once('close', () => {
      this.#all -= 1;
      const left = (this.#open.get(address) ?? 1) - 1;
      if (left === 0) this.#open.delete(address);
      else this.#open.set(address, left);
    });
    return true;
  }
}
