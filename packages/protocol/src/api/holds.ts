import Type from 'typebox';
import { Name, nullable, Time } from './common.ts';

/** `draining`: no new builds, and somebody waits until what runs has ended; `drained`: it has. */
const holdStates = ['paused', 'draining', 'drained'] as const;
export type HoldState = (typeof holdStates)[number];

/** Somebody has stopped a worker, or a scheduler, for a while: who, why and since when. */
export const Hold = Type.Object(
  {
    state: Type.Enum([...holdStates], {
      type: 'string',
      description: '`draining`: what runs goes on to its end; `drained`: nothing runs any more',
    }),
    reason: Type.String({ description: 'Why, for whoever looks at it later' }),
    by: nullable(Name),
    at: Time,
  },
  { title: 'Hold', description: 'Who has stopped it for a while, why and since when' },
);
export type Hold = Type.Static<typeof Hold>;

/** `POST /workers/{name}/pause`, `.../drain` and `POST /schedulers/{name}/pause`. */
export const HoldReason = Type.Object(
  {
    reason: Type.String({
      minLength: 1,
      maxLength: 1000,
      description: 'Why, for whoever wonders later that nothing happens',
    }),
  },
  { title: 'HoldReason', description: 'Why it is to stop for a while', additionalProperties: false },
);
export type HoldReason = Type.Static<typeof HoldReason>;

/** `POST /workers/{name}/resume`. */
export const ResumeReason = Type.Object(
  { reason: Type.Optional(Type.String({ maxLength: 1000, description: 'Why, for the record' })) },
  { title: 'ResumeReason', description: 'Why it goes on', additionalProperties: false },
);
export type ResumeReason = Type.Static<typeof ResumeReason>;

/** `POST /schedulers/{name}/resume`. */
export const ResumeScheduler = Type.Object(
  {
    ...ResumeReason.properties,
    skip: Type.Optional(
      Type.Boolean({
        description: 'Pass over the changes that came meanwhile, instead of building them now',
      }),
    ),
  },
  { title: 'ResumeScheduler', description: 'How it goes on', additionalProperties: false },
);
export type ResumeScheduler = Type.Static<typeof ResumeScheduler>;
