import Type from 'typebox';
import { onSilences } from '@millrace/protocol/plan';
import { propertyName } from '@millrace/protocol/property';
import {
  propertyPatternsSchema,
  rateLimitsSchema,
  tlsSchema,
  tokenHashesSchema,
  tokenSchema,
  trustSchema,
  visibilitySchema,
} from './access-schema.ts';
import { isRecord, nameSchema as name, refined } from './refined-schema.ts';
import {
  branchPatternSchema,
  branchSchema,
  hookSchema,
  repositorySchema,
  tagPatternSchema,
} from './source-schema.ts';
import { secretsSchema } from './secret-schema.ts';
import { environmentSchema } from './step-schema.ts';
import { builderRetentionSchema, retentionSchema } from './retention-schema.ts';
import { isPlainStoreUrl } from './store-url.ts';

/*
 * What a definition must look like, option by option. Who means whom is looked at afterwards, by
 * `check-config.ts`. A refined schema carries a whole sentence: "expected ...".
 */

const strict = { additionalProperties: false };

const reference = Type.String();
const milliseconds = (minimum: number) => Type.Integer({ minimum, maximum: 365 * 24 * 3_600_000 });
const priority = Type.Integer({ minimum: -1000, maximum: 1000 });
const properties = refined(
  'names (letters, digits, "_", "." and "-") with text, numbers or booleans',
  (value) =>
    isRecord(value) &&
    Object.entries(value).every(
      ([key, one]) =>
        propertyName.test(key) &&
        (typeof one === 'string' || typeof one === 'boolean' || Number.isFinite(one)),
    ),
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
    env: Type.Optional(environmentSchema),
    trust: Type.Optional(trustSchema),
    visibility: Type.Optional(visibilitySchema),
    privateProperties: Type.Optional(propertyPatternsSchema),
    retention: Type.Optional(builderRetentionSchema),
    steps: refined('a function that gives the steps: () => [...]', (value) => typeof value === 'function'),
  },
  strict,
);

const storeUrl = refined(
  'the URL of a PostgreSQL, postgres://user@host/database; a password is given by MILLRACE_STORE, PGPASSWORD or ~/.pgpass',
  isPlainStoreUrl,
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
    secrets: Type.Optional(secretsSchema),
    publicRead: Type.Optional(Type.Boolean()),
    rateLimits: Type.Optional(rateLimitsSchema),
    tls: Type.Optional(tlsSchema),
    lostAfterMs: Type.Optional(milliseconds(100)),
    store: Type.Optional(storeUrl),
    retention: Type.Optional(retentionSchema),
  },
  strict,
);
