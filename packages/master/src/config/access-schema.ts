import Type from 'typebox';
import { scopes, visibilities } from './access-config.ts';
import { expiryOf } from './expiry.ts';
import { nameSchema, refined } from './refined-schema.ts';

/* What the options about access must look like: who may call, and who sees what. */

const strict = { additionalProperties: false };
const hashLine = /^sha256:[0-9a-f]{64}$/;
const hashesMax = 4;

const expiresAt = refined(
  'a day like "2027-01-31" or a time like "2027-01-31T18:00:00Z"',
  (value) => typeof value === 'string' && expiryOf(value) !== undefined,
);

function isTokenHash(value: unknown): boolean {
  if (typeof value === 'string') return hashLine.test(value);
  if (typeof value !== 'object' || value === null) return false;
  const { hash, expiresAt: end, ...rest } = value as { hash?: unknown; expiresAt?: unknown };
  return (
    typeof hash === 'string' &&
    hashLine.test(hash) &&
    (end === undefined || (typeof end === 'string' && expiryOf(end) !== undefined)) &&
    Object.keys(rest).length === 0
  );
}

/** A `TokenHashesDefinition`. */
export const tokenHashesSchema = refined(
  'the hash line that `millrace token` prints: "sha256:" and 64 hex digits, ' +
    'or { hash, expiresAt: "2027-01-31" }, or a list of up to four of these',
  (value) =>
    isTokenHash(value) ||
    (Array.isArray(value) && value.length > 0 && value.length <= hashesMax && value.every(isTokenHash)),
);

/** A `TokenDefinition`. */
export const tokenSchema = Type.Object(
  {
    name: nameSchema,
    hash: tokenHashesSchema,
    scopes: Type.Array(Type.Enum([...scopes]), { minItems: 1 }),
    expiresAt: Type.Optional(expiresAt),
  },
  strict,
);

export const trustSchema = nameSchema;
export const visibilitySchema = Type.Enum([...visibilities]);

/** Names of properties, or patterns with `*`. */
export const propertyPatternsSchema = Type.Array(
  refined(
    'the name of a property, "*" for any part of one',
    (value) => typeof value === 'string' && /^[A-Za-z_*][A-Za-z0-9_.*-]{0,199}$/.test(value),
  ),
  { maxItems: 100 },
);

const rateLimit = Type.Object(
  {
    perSecond: Type.Number({ minimum: 0.1, maximum: 1_000_000 }),
    burst: Type.Integer({ minimum: 1, maximum: 1_000_000 }),
  },
  strict,
);

/** A `RateLimitsDefinition`. */
export const rateLimitsSchema = Type.Object(
  { anonymous: Type.Optional(rateLimit), token: Type.Optional(rateLimit) },
  strict,
);

/** A `TlsDefinition`. */
export const tlsSchema = Type.Object(
  { cert: Type.String({ minLength: 1 }), key: Type.String({ minLength: 1 }) },
  strict,
);
