import type { RateLimit } from '@millrace/kernel/token-buckets';

export const scopes = ['read', 'write', 'admin'] as const;
export type Scope = (typeof scopes)[number];

/** One of the secrets that a name may be known by: two of them are valid while one takes the other's place. */
export interface TokenHash {
  /** `sha256:` and 64 hex digits of the token's SHA-256. */
  readonly hash: string;
  /** Milliseconds since 1970; null: it does not expire. */
  readonly expiresAt: number | null;
}

/** Who may call the API. */
export interface TokenConfig {
  readonly name: string;
  readonly hashes: readonly TokenHash[];
  readonly scopes: readonly Scope[];
}

/** Who sees something where the config says `publicRead`: everybody, or who has a token. */
export const visibilities = ['public', 'private'] as const;
export type Visibility = (typeof visibilities)[number];

export interface RateLimits {
  /** Of each address, for calls without a token. */
  readonly anonymous: RateLimit;
  /** Of each token. */
  readonly token: RateLimit;
}

/** A page makes a dozen calls; many people may share an address. */
export const defaultRateLimits: RateLimits = {
  anonymous: { perSecond: 100, burst: 1_000 },
  token: { perSecond: 200, burst: 2_000 },
};

/** Absolute paths of PEM files. */
export interface TlsConfig {
  readonly cert: string;
  readonly key: string;
}
