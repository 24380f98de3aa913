import Type from 'typebox';
import { Id, Name, nullable, ReasonSchema, ResultSchema, Time } from './common.ts';

export const requestStates = ['pending', 'claimed', 'finished'] as const;

export const Request = Type.Object(
  {
    id: Id,
    buildset: Id,
    builder: Name,
    state: Type.Enum([...requestStates], { type: 'string' }),
    priority: Type.Integer({ description: 'Higher goes first' }),
    createdAt: Time,
    notBefore: Time,
    waitsFor: nullable(Type.String({ description: 'Why it waits, as a sentence; null once it does not' })),
    retries: Type.Integer({ description: 'How often it was tried again' }),
    build: nullable(Type.Integer({ minimum: 1, description: 'The newest build of it' })),
    result: nullable(ResultSchema),
    reason: nullable(ReasonSchema),
    finishedAt: nullable(Time),
    repository: nullable(Type.String()),
    branch: nullable(Type.String()),
    revision: nullable(Type.String({ description: 'Absolute' })),
    buildsetReason: Type.String({ description: 'Why it was asked for' }),
    subject: nullable(
      Type.String({ description: 'The first line of what its change says; null where nobody told of one' }),
    ),
  },
  { title: 'Request', description: 'Wants one builder to run' },
);
export type Request = Type.Static<typeof Request>;
