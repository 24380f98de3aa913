import Type from 'typebox';
import { Id, Name, nullable, Time } from './common.ts';
import { Hold } from './holds.ts';

export const Worker = Type.Object(
  {
    name: Name,
    connected: Type.Boolean(),
    master: nullable(Type.String({ description: 'The master that it talks to' })),
    silent: Type.Boolean({
      description: 'Unheard of for longer than `lostAfterMs` while a master listened',
    }),
    accepts: Type.Boolean({ description: 'Whether it takes new builds' }),
    message: nullable(Type.String({ description: 'Why it takes none' })),
    hold: nullable(Hold),
    slots: Type.Integer({ description: 'How many builds it runs at once' }),
    builds: Type.Array(Id, { description: 'What runs there' }),
    heardAt: nullable(Time),
    trust: Type.String({ description: 'It runs builders of the same level of trust' }),
    clockOffsetMs: nullable(
      Type.Integer({ description: "How far its clock is ahead of its master's; null: it has not said" }),
    ),
    facts: nullable(
      Type.Record(Type.String(), Type.Unknown(), { description: 'What it told about its machine' }),
    ),
  },
  { title: 'Worker', description: 'A machine that runs builds' },
);
export type Worker = Type.Static<typeof Worker>;
