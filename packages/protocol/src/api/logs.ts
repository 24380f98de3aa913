import Type from 'typebox';
import { Log } from './builds.ts';
import { Id, Name, nullable } from './common.ts';

/** `GET /logs/{id}`: a log and whose it is. */
export const LogDetail = Type.Object(
  { ...Log.properties, build: Id, builder: Name, step: Type.Integer(), stepName: Name },
  { title: 'LogDetail', description: 'A log, and whose it is' },
);
export type LogDetail = Type.Static<typeof LogDetail>;

/**
 * A line, or a piece of one: exactly the bytes from `byte` on, its line feed included where it has one.
 * `base64` instead of `text` where they are not valid UTF-8. A piece without a line feed is followed by
 * the rest of the same `line`, or is the end of what is known.
 */
export const LogLine = Type.Object(
  {
    byte: Type.Integer({ description: 'How many bytes of the log stand before it' }),
    line: Type.Integer({ description: 'How many line feeds of the log stand before it' }),
    text: Type.Optional(Type.String({ description: 'With its line feed, where it has one' })),
    base64: Type.Optional(Type.String({ description: 'Its bytes, where they are not valid UTF-8' })),
    gap: Type.Optional(
      Type.Object(
        { lines: Type.Integer(), bytes: Type.Integer() },
        { description: 'Output that was not kept: it was over `logBytesMax`' },
      ),
    ),
  },
  { title: 'LogLine', description: 'A line of a log, or a piece of one' },
);
export type LogLine = Type.Static<typeof LogLine>;

export const LogLines = Type.Object(
  {
    items: Type.Array(LogLine),
    nextCursor: nullable(
      Type.String({
        description: 'Give it back as `cursor` for what follows; null at the end of what is known',
      }),
    ),
    lines: Type.Integer({ description: 'Lines known so far; while the log is open, those that have ended' }),
    state: Type.Enum(['open', 'closed'], { type: 'string' }),
  },
  { title: 'LogLines', description: 'A range of lines' },
);
export type LogLines = Type.Static<typeof LogLines>;

/** A line that a search has found. */
export const LogMatch = Type.Object(
  {
    line: Type.Integer({ description: 'Its number, from 0' }),
    byte: Type.Integer({ description: 'How many bytes of the log stand before it' }),
    column: Type.Integer({ description: 'How many characters of the line stand before what was found' }),
    text: Type.String({ description: 'The line round it, without colours; of a long one a part' }),
  },
  { title: 'LogMatch', description: 'A line with what was looked for in it' },
);
export type LogMatch = Type.Static<typeof LogMatch>;

export const LogMatches = Type.Object(
  {
    items: Type.Array(LogMatch),
    nextCursor: nullable(
      Type.String({
        description: 'Give it back as `cursor` to look on; null at the end of what is known',
      }),
    ),
    lines: Type.Integer({ description: 'Lines known so far; while the log is open, those that have ended' }),
    state: Type.Enum(['open', 'closed'], { type: 'string' }),
  },
  { title: 'LogMatches', description: 'Lines that were found, the first first' },
);
export type LogMatches = Type.Static<typeof LogMatches>;

/** The data of `event: end`: the log is closed and everything was sent. This much the whole log is. */
export interface LogEnd {
  readonly lines: number;
  readonly bytes: number;
}
