import type { Scope } from './access-config.ts';

/**
 * A hash line that `millrace token` prints, alone or with the day on which the token ends: `2027-01-31` (its
 * first moment, UTC) or a time like `2027-01-31T18:00:00Z`.
 */
export type TokenHashDefinition = string | { readonly hash: string; readonly expiresAt?: string };

/** One hash, or two while a new token takes the place of the old one: both are valid. */
export type TokenHashesDefinition = TokenHashDefinition | readonly TokenHashDefinition[];

/** Who may call the API. Made by {@link token}. */
export interface TokenDefinition {
  /** Who holds it: it stands in the record of what they did. */
  readonly name: string;
  /** The hash line that `millrace token` prints. */
  readonly hash: TokenHashesDefinition;
  /** `read`: see everything. `write`: force, cancel and retry too. `admin`: everything. */
  readonly scopes: readonly Scope[];
  /**
   * When it ends, where its hash does not say: `2027-01-31`, or a time like `2027-01-31T18:00:00Z`.
   * @defaultValue it does not
   */
  readonly expiresAt?: string;
}

/** Certificates for https and wss. Both are read again when they change; connections stay. */
export interface TlsDefinition {
  /** A PEM file: the certificate, and those between it and its authority. */
  readonly cert: string;
  /** A PEM file: its private key. */
  readonly key: string;
}

/** Calls that go on for ever, each second, and how many may come at once. */
export interface RateLimitDefinition {
  readonly perSecond: number;
  readonly burst: number;
}

/** Who calls more often is answered 429, with the time after which to try again. */
export interface RateLimitsDefinition {
  /**
   * Of each address, for calls without a token.
   * @defaultValue 100 a second, 1,000 at once
   */
  readonly anonymous?: RateLimitDefinition;
  /**
   * Of each token.
   * @defaultValue 200 a second, 2,000 at once
   */
  readonly token?: RateLimitDefinition;
}

/** Lets a person or a program call the API from anywhere. `millrace token` makes a token and its hash. */
export function token(definition: TokenDefinition): TokenDefinition {
  return definition;
}
