import Type from 'typebox';
import { Id, Name, nullable, Properties, ResultSchema, Time } from './common.ts';
import { Request } from './requests.ts';

export const buildsetStates = ['waiting', 'finished'] as const;

export const Buildset = Type.Object(
  {
    id: Id,
    scheduler: nullable(Name),
    reason: Type.String(),
    repository: nullable(Type.String()),
    branch: nullable(Type.String()),
    revision: nullable(Type.String()),
    properties: Properties,
    createdAt: Time,
    state: Type.Enum([...buildsetStates], {
      type: 'string',
      description: '`finished` once every request is',
    }),
    result: nullable(ResultSchema),
    requests: Type.Array(Request, { description: 'In the order in which they were made' }),
  },
  { title: 'Buildset', description: 'One decision to build: a request for each builder, at one revision' },
);
export type Buildset = Type.Static<typeof Buildset>;
