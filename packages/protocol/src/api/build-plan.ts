import Type from 'typebox';
import { Id, Name } from './common.ts';

/** `GET /builds/{id}/plan`: what a build was told to do, so that it can be done again elsewhere. */
export const BuildPlan = Type.Object(
  {
    build: Id,
    builder: Name,
    number: Type.Integer({ minimum: 1, description: 'Which build of its builder' }),
    generation: Type.String({ description: 'The version of the config that made it' }),
    hash: Type.String({ description: 'SHA-256 of the plan as it is stored, 64 hexadecimal digits' }),
    plan: Type.Record(Type.String(), Type.Unknown(), {
      description:
        'The source, the properties, the environment and the steps as data, in the order of their indexes. Secrets stand in it by their names; what a URL holds of credentials is left out.',
    }),
  },
  { title: 'BuildPlan', description: 'What a build was told to do' },
);
export type BuildPlan = Type.Static<typeof BuildPlan>;
