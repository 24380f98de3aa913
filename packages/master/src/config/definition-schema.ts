import Type from 'typebox';
import { onSilences } from '@millrace/protocol/plan';
import {
  propertyPatternsSchema,
  rateLimitsSchema,
  tlsSchema,
  tokenHashesSchema,
  tokenSchema,
  trustSchema,
  visibilitySchema,
} from './access-schema.ts';
import { PropertyReference } from './late-value.ts';
import { nameSchema as name, refined } from './refined-schema.ts';
import {
  branchPatternSchema,
  branchSchema,
  hookSchema,
  repositorySchema,
  tagPatternSchema,
} from './source-schema.ts';

/*
 * What a definition must look like, option by option. Who means whom is looked at afterwards, by
 * `check-config.ts`. A refined schema carries a whole sentence: "expected ...".
 */

const strict = { additionalProperties: false };

const reference = Type.String();
const milliseconds = (minimum: number) => Type.Integer({ minimum, maximum: 365 * 24 * 3_600_000 });
const priority = Type.Integer({ minimum: -1000, maximum: 1000 });
const text = refined(
  "text, property('name'), or a list of these",
  (value) => isPart(value) || (Array.isArray(value) && value.every(isPart)),
);
const environment = refined(
  "names of environment variables with text, property('name') or a list of these",
  (value) =>
    isRecord(value) &&
    Object.entries(value).every(
      ([key, one]) =>
        /^[A-Za-z_][A-Za-z0-9_]*$/.test(key) && (isPart(one) || (Array.isArray(one) && one.every(isPart))),
    ),
);
const properties = refined(
  'names (letters, digits, "_", "." and "-") with text, numbers or booleans',
  (value) =>
    isRecord(value) &&
    Object.entries(value).every(
      ([key, one]) =>
        /^[A-Za-z_][A-Za-z0-9_.-]{0,199}$/.test(key) &&
        (typeof one === 'string' || typeof one === 'boolean' || Number.isFinite(one)),
    ),
);
const folder = refined(
  'a folder below the build\'s own: relative, without ".."',
  (value) =>
    typeof value === 'string' &&
    value.length <= 1000 &&
    !value.includes('\0') &&
    !/^[/\\]|^[A-Za-z]:/.test(value) &&
    !value.split(/[/\\]/).includes('..'),
);
const limit = refined(
  'a whole number of milliseconds above 0, or null for no limit',
  (value) => value === null || (Number.isSafeInteger(value) && Number(value) > 0),
);

const worker = Type.Object(
  { name, tokenHash: Type.Optional(tokenHashesSchema), trust: Type.Optional(trustSchema) },
  strict,
);

const builder = Type.Object(
  {
    name,
    description: Type.Optional(Type.String()),
    tags: Type.Optional(Type.Array(Type.String())),
    repository: Type.Optional(reference),
    branch: Type.Optional(branchSchema),
    workers: Type.Array(reference, { minItems: 1 }),
    priority: Type.Optional(priority),
    onSilence: Type.Optional(Type.Enum([...onSilences])),
    retriesMax: Type.Optional(Type.Integer({ minimum: 0, maximum: 1000 })),
    retryBackoffFirstMs: Type.Optional(milliseconds(0)),
    properties: Type.Optional(properties),
    env: Type.Optional(environment),
    trust: Type.Optional(trustSchema),
    visibility: Type.Optional(visibilitySchema),
    privateProperties: Type.Optional(propertyPatternsSchema),
    steps: refined('a function that gives the steps: () => [...]', (value) => typeof value === 'function'),
  },
  strict,
);

const onChange = Type.Object(
  {
    kind: refined('a scheduler, made by onChange(...)', (value) => value === 'on-change'),
    name,
    repository: reference,
    branches: Type.Optional(Type.Array(branchPatternSchema, { minItems: 1 })),
    tags: Type.Optional(Type.Array(tagPatternSchema, { minItems: 1 })),
    builders: Type.Array(reference, { minItems: 1 }),
    priority: Type.Optional(priority),
  },
  strict,
);

/** A `ConfigDefinition`. */
export const definitionSchema = Type.Object(
  {
    repositories: Type.Optional(Type.Array(repositorySchema)),
    workers: Type.Array(worker, { minItems: 1 }),
    builders: Type.Array(builder, { minItems: 1 }),
    schedulers: Type.Optional(Type.Array(onChange)),
    hooks: Type.Optional(Type.Array(hookSchema)),
    tokens: Type.Optional(Type.Array(tokenSchema)),
    publicRead: Type.Optional(Type.Boolean()),
    rateLimits: Type.Optional(rateLimitsSchema),
    tls: Type.Optional(tlsSchema),
    lostAfterMs: Type.Optional(milliseconds(100)),
  },
  strict,
);

const stepOptions = {
  name: Type.Optional(Type.String({ minLength: 1, maxLength: 200 })),
  limits: Type.Optional(
    Type.Object({ noOutputMs: Type.Optional(limit), totalMs: Type.Optional(limit) }, strict),
  ),
  killGraceMs: Type.Optional(milliseconds(0)),
  logBytesMax: Type.Optional(Type.Integer({ minimum: 1024, maximum: Number.MAX_SAFE_INTEGER })),
  env: Type.Optional(environment),
  always: Type.Optional(Type.Boolean()),
  visibility: Type.Optional(visibilitySchema),
  folder: Type.Optional(folder),
};

/** An `ShStep` whose command is a line. */
export const shLineSchema = Type.Object(
  {
    kind: Type.Literal('sh'),
    command: Type.String({ minLength: 1, maxLength: 1024 ** 2 }),
    ...stepOptions,
    separateStreams: Type.Optional(Type.Boolean()),
  },
  strict,
);

/** An `ShStep` whose command is a list of arguments. */
export const shArgumentsSchema = Type.Object(
  {
    kind: Type.Literal('sh'),
    command: Type.Array(text, { minItems: 1 }),
    ...stepOptions,
    separateStreams: Type.Optional(Type.Boolean()),
  },
  strict,
);

/** A `CheckoutStep`. */
export const checkoutSchema = Type.Object({ kind: Type.Literal('checkout'), ...stepOptions }, strict);

function isPart(value: unknown): boolean {
  return typeof value === 'string' || value instanceof PropertyReference;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
