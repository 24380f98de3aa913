import Type from 'typebox';
import { Id, Name, nullable, Time } from './common.ts';
import { Hold } from './holds.ts';

/** The same as in its agent's hello. */
export const WorkerFacts = Type.Object(
  {
    os: Type.String({ description: 'As Node names it: `linux`, `darwin`' }),
    release: Type.Optional(Type.String({ description: "The kernel's" })),
    architecture: Type.String(),
    hostname: Type.String(),
    cpus: Type.Integer(),
    memoryBytes: Type.Integer(),
    version: Type.String({ description: 'Of millrace' }),
    image: Type.Optional(
      Type.String({ description: '`MILLRACE_IMAGE` where it was set, else the name of its system' }),
    ),
    tools: Type.Optional(
      Type.Record(Type.String(), Type.String(), { description: 'Versions of the tools that it found' }),
    ),
  },
  { title: 'WorkerFacts', description: 'What a worker told about its machine' },
);

export type WorkerFacts = Type.Static<typeof WorkerFacts>;

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
    facts: nullable(WorkerFacts),
  },
  { title: 'Worker', description: 'A machine that runs builds' },
);
export type Worker = Type.Static<typeof Worker>;
