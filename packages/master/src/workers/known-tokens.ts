import type { TokenHash } from '../config/access-config.ts';
import type { WorkerConfig } from '../config/config.ts';
import { heldToken, tokenDigest } from '../config/held-token.ts';

const indexes = new WeakMap<readonly WorkerConfig[], ReadonlyMap<string, readonly TokenHash[]>>();

/**
 * Whether a token is some worker's, by the frozen list of the config. Its digest is looked up, not compared with every
 * worker's: a thousand workers with tokens that come at once cost a million comparisons, 0.6 s of the master's CPU.
 * How long a look takes tells something of the digest alone, which nobody who guesses can steer; whether it is the
 * token of the worker that it says it is, is still compared in constant time.
 *
 * @param now milliseconds since 1970
 */
export function isKnownToken(workers: readonly WorkerConfig[], token: string, now: number): boolean {
  const digest = tokenDigest(token);
  const hashes = indexOf(workers).get(digest.toString('hex')) ?? [];
  return heldToken(hashes, digest, now).kind === 'valid';
}

function indexOf(workers: readonly WorkerConfig[]): ReadonlyMap<string, readonly TokenHash[]> {
  const known = indexes.get(workers);
  if (known !== undefined) return known;
  const made = new Map<string, TokenHash[]>();
  for (const one of workers.flatMap(({ tokenHashes }) => tokenHashes)) {
    const digest = one.hash.slice('sha256:'.length).toLowerCase();
    const same = made.get(digest);
    if (same === undefined) made.set(digest, [one]);
    else same.push(one);
  }
  indexes.set(workers, made);
  return made;
}
