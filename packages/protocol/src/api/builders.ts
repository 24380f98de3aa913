import Type from 'typebox';
import { Build } from './builds.ts';
import { Name, nullable } from './common.ts';

export const Builder = Type.Object(
  {
    name: Name,
    description: nullable(Type.String()),
    tags: Type.Array(Type.String()),
    repository: nullable(Name),
    branch: nullable(Type.String({ description: 'Taken by `force` where no branch is named' })),
    workers: Type.Array(Name, { description: 'The workers that may run it' }),
    pending: Type.Integer({ description: 'Requests that wait' }),
    running: Type.Integer({ description: 'Builds that run' }),
    lastBuild: nullable(Build),
  },
  { title: 'Builder', description: 'A named kind of build' },
);
export type Builder = Type.Static<typeof Builder>;
