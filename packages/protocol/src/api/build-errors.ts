import Type from 'typebox';
import { Id, nullable } from './common.ts';

/** `GET /builds/{id}/errors`: why a build failed, in its own words. */
export const FirstErrors = Type.Object(
  {
    step: nullable(Type.Integer({ description: 'The first step that failed, by its index; null: none has' })),
    log: nullable(Id),
    kind: Type.Enum(['errors', 'last-lines', 'none'], {
      type: 'string',
      description:
        '`errors`: lines that look like errors, with what belongs to them. `last-lines`: none does, so these are the last ones. `none`: the step wrote nothing.',
    }),
    items: Type.Array(
      Type.Object({
        line: Type.Integer({ description: 'Its number in the log, from 0' }),
        text: Type.String({ description: 'Without colours, cut where it is very long' }),
      }),
      { description: 'At most twelve' },
    ),
    wholeLog: Type.Boolean({
      description: 'Whether all of the log was looked through, or only its last 4 MiB',
    }),
  },
  { title: 'FirstErrors', description: 'The first error lines of a build that failed' },
);
export type FirstErrors = Type.Static<typeof FirstErrors>;
