import Type from 'typebox';
import { Name, nullable, Time } from './common.ts';

/** `GET /repositories`: how each repository of the config was found. */
export const Repository = Type.Object(
  {
    name: Name,
    kind: Type.Enum(['git', 'hg'], { type: 'string' }),
    branches: Type.Array(Type.String(), { description: 'Patterns of the branches that are watched' }),
    tags: Type.Array(Type.String(), { description: 'Patterns of the tags that are watched' }),
    defaultBranch: Type.String(),
    watched: Type.Boolean({ description: 'It is looked at from time to time' }),
    pollEveryMs: Type.Integer({ description: 'How often, while all is well' }),
    lastPollAt: nullable(Type.Integer({ description: 'When it was looked at, within 10 s' })),
    lastReadAt: nullable(Type.Integer({ description: 'When that went well, within 10 s' })),
    nextPollAt: nullable(Type.Integer({ description: 'About when it is looked at again' })),
    trouble: nullable(
      Type.Object(
        {
          kind: Type.String({
            description:
              'A literal: `not-found`, `unreachable`, `credentials`, `host-key`, `too-slow`, `too-large`, `secret-missing`, `program-missing`, `unreadable`',
          }),
          message: Type.String({ description: 'What is wrong, and what to do' }),
          since: Time,
          failures: Type.Integer({ description: 'Looks since then that went wrong' }),
        },
        { description: 'Why it cannot be read; null: it can, or nobody has looked' },
      ),
    ),
  },
  { title: 'Repository', description: 'Where changes come from, and how it was found' },
);
export type Repository = Type.Static<typeof Repository>;
