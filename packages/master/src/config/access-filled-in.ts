import path from 'node:path';
import { defaultRateLimits } from './access-config.ts';
import type { RateLimits, TlsConfig, TokenConfig, TokenHash } from './access-config.ts';
import type {
  RateLimitsDefinition,
  TlsDefinition,
  TokenDefinition,
  TokenHashesDefinition,
} from './define-access.ts';
import { expiryOf } from './expiry.ts';

/** The hashes of a token, each with its own end, or that of all. None where there is no token. */
export function tokenHashesOf(
  given: TokenHashesDefinition | undefined,
  expiresAt?: string,
): readonly TokenHash[] {
  if (given === undefined) return [];
  const list = Array.isArray(given) ? (given as readonly TokenHashesDefinition[]) : [given];
  return list.map((one) => {
    const { hash, expiresAt: own } = typeof one === 'string' ? { hash: one } : (one as OwnEnd);
    const end = own ?? expiresAt;
    return { hash, expiresAt: end === undefined ? null : (expiryOf(end) ?? null) };
  });
}

interface OwnEnd {
  readonly hash: string;
  readonly expiresAt?: string;
}

export function tokenConfig(one: TokenDefinition): TokenConfig {
  return { name: one.name, hashes: tokenHashesOf(one.hash, one.expiresAt), scopes: [...one.scopes] };
}

export function rateLimitsOf(given: RateLimitsDefinition = {}): RateLimits {
  return { ...defaultRateLimits, ...given };
}

/** Relative files are meant from the config's folder. */
export function tlsOf(given: TlsDefinition | undefined, folder: string): TlsConfig | null {
  return given ? { cert: path.resolve(folder, given.cert), key: path.resolve(folder, given.key) } : null;
}
