import Type from 'typebox';
import { Name } from './common.ts';

export const Scheduler = Type.Object(
  {
    name: Name,
    kind: Type.String({ description: 'What it waits for: `on-change`' }),
    repository: Name,
    branches: Type.Array(Type.String(), { description: 'Names, or patterns with `*`' }),
    builders: Type.Array(Name),
    priority: Type.Integer(),
  },
  { title: 'Scheduler', description: 'Turns changes into buildsets' },
);
export type Scheduler = Type.Static<typeof Scheduler>;
