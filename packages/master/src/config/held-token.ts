import { createHash, timingSafeEqual } from 'node:crypto';
import type { TokenHash } from './access-config.ts';

/** What a token that somebody sent is, beside the hashes that are known. */
export type HeldToken =
  | { readonly kind: 'valid'; readonly expiresAt: number | null }
  | { readonly kind: 'expired'; readonly expiresAt: number }
  | { readonly kind: 'wrong' };

/** The SHA-256 of a token as it was sent: what is compared with the hashes. */
export function tokenDigest(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}

/**
 * Compares with every hash, each in constant time, so that how long it takes tells nothing of where they differ.
 * A token that is valid by one hash and has expired by another is valid.
 *
 * @param now milliseconds since 1970
 */
export function heldToken(hashes: readonly TokenHash[], digest: Buffer, now: number): HeldToken {
  let held: HeldToken = { kind: 'wrong' };
  for (const { hash, expiresAt } of hashes) {
    const expected = Buffer.from(hash.slice('sha256:'.length), 'hex');
    if (expected.length !== digest.length || !timingSafeEqual(expected, digest)) continue;
    if (expiresAt === null || now < expiresAt) held = { kind: 'valid', expiresAt };
    else if (held.kind === 'wrong') held = { kind: 'expired', expiresAt };
  }
  return held;
}
