import Type from 'typebox';
import { Compile } from 'typebox/compile';
import { linkUrlLengthMax, triesMax } from '../plan.ts';
import { propertyBounds, propertyName } from '../property.ts';
import { reasons, results } from '../result.ts';
import { commandLengthMax, environmentLengthMax } from './record.ts';
import type { Fact } from './record.ts';

const count = Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER });
const name = Type.String({ minLength: 1, maxLength: 200 });
const result = Type.Enum([...results]);
const reason = Type.Optional(Type.Enum([...reasons]));
const message = Type.Optional(Type.String({ maxLength: 4000 }));
/** How a step, or a try of it, ended. */
const outcome = {
  result,
  reason,
  exitCode: Type.Optional(Type.Integer()),
  signal: Type.Optional(Type.String({ maxLength: 20 })),
  limit: Type.Optional(Type.Enum(['no-output', 'total'])),
  message,
};

/** The facts that stand in a journal as JSON: all but chunks. A master checks every one before it believes it. */
export const factSchema = Type.Union([
  Type.Object({
    kind: Type.Literal('begin'),
    build: count,
    fence: count,
    planHash: Type.String({ pattern: '^[0-9a-f]{64}$' }),
    worker: name,
  }),
  Type.Object({ kind: Type.Literal('step-started'), step: count }),
  Type.Object({
    kind: Type.Literal('log-opened'),
    step: count,
    log: count,
    name,
    stream: Type.Enum(['combined', 'stdout', 'stderr']),
  }),
  Type.Object({ kind: Type.Literal('log-gap'), log: count, lines: count, bytes: count }),
  Type.Object({ kind: Type.Literal('log-closed'), log: count, lines: count, bytes: count }),
  Type.Object({
    kind: Type.Literal('command-started'),
    step: count,
    command: Type.String({ maxLength: commandLengthMax }),
    folder: Type.String({ maxLength: 1000 }),
    environment: Type.Array(Type.String({ maxLength: environmentLengthMax }), { maxItems: 2_000 }),
  }),
  Type.Object({
    kind: Type.Literal('try-ended'),
    step: count,
    try: Type.Integer({ minimum: 1, maximum: triesMax }),
    ...outcome,
    nextInMs: Type.Number({ minimum: 0 }),
  }),
  Type.Object({
    kind: Type.Literal('property-set'),
    step: count,
    name: Type.String({ pattern: propertyName.source }),
    value: Type.Union([Type.String({ maxLength: propertyBounds.valueBytes }), Type.Number(), Type.Boolean()]),
  }),
  Type.Object({
    kind: Type.Literal('link-added'),
    step: count,
    url: Type.String({ minLength: 1, maxLength: linkUrlLengthMax }),
  }),
  Type.Object({ kind: Type.Literal('clocks-stopped'), step: count }),
  Type.Object({ kind: Type.Literal('clocks-resumed'), step: count, stoppedMs: Type.Number({ minimum: 0 }) }),
  Type.Object({
    kind: Type.Literal('step-finished'),
    step: count,
    ...outcome,
    warnings: Type.Optional(count),
  }),
  Type.Object({ kind: Type.Literal('build-finished'), result, reason, message }),
]);

const schemaOf = new Map<unknown, (typeof factSchema.anyOf)[number]>(
  factSchema.anyOf.map((schema) => [schema.properties.kind.const, schema]),
);
/**
 * By kind: asked for the one that a fact says it is, and not for all one after the other. Each is compiled by the first
 * fact of its kind: three threads load this, and a start needs it in none.
 */
const compiled = new Map<unknown, { Check(value: unknown): boolean }>();

export function isFact(value: unknown): value is Exclude<Fact, { kind: 'log-chunk' }> {
  const kind = typeof value === 'object' && value !== null && 'kind' in value ? value.kind : undefined;
  const known = compiled.get(kind);
  if (known !== undefined) return known.Check(value);
  const schema = schemaOf.get(kind);
  if (schema === undefined) return false;
  const check = Compile(schema);
  compiled.set(kind, check);
  return check.Check(value);
}
