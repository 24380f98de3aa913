import Type from 'typebox';
import { reasons, results } from '../result.ts';

/** Milliseconds since 1970. */
export const Time = Type.Integer({ description: 'Milliseconds since 1970' });
export const Id = Type.Integer({ minimum: 1 });
export const Name = Type.String({ minLength: 1, maxLength: 200 });
export const ResultSchema = Type.Enum([...results]);
export const ReasonSchema = Type.Enum([...reasons]);
export const PropertyValueSchema = Type.Union([
  Type.String({ maxLength: 64 * 1024 }),
  Type.Number(),
  Type.Boolean(),
]);
export const Properties = Type.Record(
  Type.String({ pattern: '^[A-Za-z_][A-Za-z0-9_.-]{0,199}$' }),
  PropertyValueSchema,
);

export const nullable = <Schema extends Type.TSchema>(schema: Schema) => Type.Union([schema, Type.Null()]);

/** Every list: newest first (steps and logs in their own order), with a cursor to go on from. */
export const listOf = <Schema extends Type.TSchema>(item: Schema) =>
  Type.Object({ items: Type.Array(item), nextCursor: nullable(Type.String()) });

/** RFC 9457. `code` is ours: a literal that programs compare. `errors` names the fields that were wrong. */
export const Problem = Type.Object({
  type: Type.String(),
  title: Type.String(),
  status: Type.Integer(),
  code: Type.String(),
  detail: Type.String(),
  errors: Type.Optional(Type.Array(Type.Object({ field: Type.String(), message: Type.String() }))),
});
export type Problem = Type.Static<typeof Problem>;
