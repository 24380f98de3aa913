import Type from 'typebox';

/* A `RetentionConfig` and a `BuilderRetention`. */

const strict = { additionalProperties: false };
const daysMax = 36_500;
const days = Type.Number({ exclusiveMinimum: 0, maximum: daysMax });
const limit = Type.Object(
  { days: Type.Optional(days), count: Type.Optional(Type.Integer({ minimum: 1, maximum: 10_000_000 })) },
  strict,
);
const ofBuilder = { builds: Type.Optional(limit), logs: Type.Optional(limit) };
const daysOnly = Type.Object({ days: Type.Union([days, Type.Null()]) }, strict);

export const builderRetentionSchema = Type.Object(ofBuilder, strict);

export const retentionSchema = Type.Object(
  {
    ...ofBuilder,
    events: Type.Optional(daysOnly),
    changes: Type.Optional(daysOnly),
    workers: Type.Optional(daysOnly),
  },
  strict,
);
