import Type from 'typebox';
import { nullable } from './common.ts';

/**
 * A line, or a piece of one: exactly the bytes from `byte` on, its line feed included where it has one.
 * `base64` instead of `text` where they are not valid UTF-8.
 */
export const LogLine = Type.Object({
  byte: Type.Integer(),
  line: Type.Integer(),
  text: Type.Optional(Type.String()),
  base64: Type.Optional(Type.String()),
  /** Output that was not kept: `logBytesMax`. */
  gap: Type.Optional(Type.Object({ lines: Type.Integer(), bytes: Type.Integer() })),
});
export type LogLine = Type.Static<typeof LogLine>;

export const LogLines = Type.Object({
  items: Type.Array(LogLine),
  nextCursor: nullable(Type.String()),
  /** Lines known so far. */
  lines: Type.Integer(),
  state: Type.Enum(['open', 'closed']),
});
export type LogLines = Type.Static<typeof LogLines>;
