import Type from 'typebox';
import { Id, Name, nullable } from './common.ts';
import { Hold } from './holds.ts';

export const Scheduler = Type.Object(
  {
    name: Name,
    kind: Type.String({ description: 'What it waits for: `on-change`' }),
    repository: Name,
    branches: Type.Array(Type.String(), { description: 'Names, or patterns with `*`' }),
    builders: Type.Array(Name),
    priority: Type.Integer(),
    hold: nullable(Hold),
    lastChange: nullable(
      Type.Integer({ ...Id, description: 'The newest change that it has decided about; null: none' }),
    ),
  },
  { title: 'Scheduler', description: 'Turns changes into buildsets' },
);
export type Scheduler = Type.Static<typeof Scheduler>;
