import Type from 'typebox';
import { Id } from './common.ts';

const hookOutcomes = ['changes', 'poll', 'ignored'] as const;

/** `POST /hooks/{name}`: what became of a delivery. */
export const HookAnswer = Type.Object(
  {
    outcome: Type.Enum([...hookOutcomes], {
      type: 'string',
      description:
        '`changes`: they were written down; `poll`: the repository is looked at now; `ignored`: nothing is to be done',
    }),
    message: Type.String({ description: 'The same in words' }),
    changes: Type.Array(Id, { description: 'The changes that it told of' }),
  },
  { title: 'HookAnswer', description: 'What became of a delivery' },
);
export type HookAnswer = Type.Static<typeof HookAnswer>;
