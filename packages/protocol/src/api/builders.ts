import Type from 'typebox';
import { Build } from './builds.ts';
import { Name, nullable } from './common.ts';

export const Builder = Type.Object({
  name: Name,
  description: nullable(Type.String()),
  tags: Type.Array(Type.String()),
  repository: nullable(Name),
  /** Taken by `force` where no branch is named. */
  branch: nullable(Type.String()),
  workers: Type.Array(Name),
  pending: Type.Integer(),
  running: Type.Integer(),
  lastBuild: nullable(Build),
});
export type Builder = Type.Static<typeof Builder>;
