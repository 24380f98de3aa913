import Type from 'typebox';
import { reasons, results } from '../result.ts';

export const Time = Type.Integer({ description: 'Milliseconds since 1970' });
export const Id = Type.Integer({ minimum: 1, description: 'A number that the store gave out' });
export const Name = Type.String({ minLength: 1, maxLength: 200 });
export const ResultSchema = Type.Enum([...results], { type: 'string', description: 'How it ended' });
export const ReasonSchema = Type.Enum([...reasons], {
  type: 'string',
  description: 'Why, where the result alone does not tell',
});
export const PropertyValueSchema = Type.Union([
  Type.String({ maxLength: 64 * 1024 }),
  Type.Number(),
  Type.Boolean(),
]);
export const Properties = Type.Record(
  Type.String({ pattern: '^[A-Za-z_][A-Za-z0-9_.-]{0,199}$' }),
  PropertyValueSchema,
  { description: 'Named values that the build carries', additionalProperties: false, maxProperties: 200 },
);

/**
 * The schema or null, as one schema of two types rather than a choice between two schemas: a serialiser
 * then looks at the value's type and validates nothing.
 */
export function nullable<Schema extends Type.TSchema>(
  schema: Schema,
): Type.TUnsafe<Type.Static<Schema> | null> {
  const { type, enum: values, ...rest } = schema as { type?: string; enum?: readonly unknown[] };
  return Type.Unsafe<Type.Static<Schema> | null>({
    ...rest,
    type: [type, 'null'],
    ...(values && { enum: [...values, null] }),
  });
}

/** Every list: newest first (steps and logs in their own order), with a cursor to go on from. */
export const listOf = <Schema extends Type.TSchema>(item: Schema) =>
  Type.Object(
    {
      items: Type.Array(item),
      nextCursor: nullable(
        Type.String({ description: 'Give it back as `cursor` for what follows; null where nothing does' }),
      ),
    },
    { description: 'A part of the list' },
  );

/** RFC 9457. `code` is ours: a literal that programs compare. `errors` names the fields that were wrong. */
export const Problem = Type.Object(
  {
    type: Type.String({ description: 'A name for this kind of problem; no address to visit' }),
    title: Type.String({ description: 'The kind of problem in words' }),
    status: Type.Integer({ description: 'The HTTP status' }),
    code: Type.String({ description: 'A literal that programs compare' }),
    detail: Type.String({ description: 'What was wrong this time, and what to do' }),
    errors: Type.Optional(
      Type.Array(Type.Object({ field: Type.String(), message: Type.String() }), {
        description: 'Each field that was wrong',
      }),
    ),
  },
  { title: 'Problem', description: 'What went wrong (RFC 9457)' },
);
export type Problem = Type.Static<typeof Problem>;
