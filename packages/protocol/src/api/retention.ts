import Type from 'typebox';
import { Name, nullable } from './common.ts';

const Limit = Type.Object(
  {
    days: nullable(Type.Number({ description: 'What is older goes' })),
    count: nullable(Type.Integer({ description: 'What is not among the newest so many goes' })),
  },
  { description: 'Null: no limit' },
);

const common = {
  days: nullable(Type.Number({ description: 'Null: for ever' })),
  due: Type.Integer({ description: 'How many are older' }),
};

/** `GET /retention`: what is kept, and what the next pass removes. */
export const Retention = Type.Object(
  {
    builders: Type.Array(
      Type.Object({
        builder: Name,
        builds: Limit,
        logs: Limit,
        due: Type.Object({
          builds: Type.Integer({ description: 'They go with all that is theirs' }),
          logs: Type.Integer({ description: 'Their bytes go; those of the builds among them' }),
          bytes: Type.Integer({ description: 'Of these logs, as they lie on the disk' }),
        }),
      }),
      { description: 'Every builder that ever built' },
    ),
    events: Type.Object(common),
    changes: Type.Object(common),
  },
  { title: 'Retention', description: 'What is kept, and what has had its time' },
);
export type Retention = Type.Static<typeof Retention>;
