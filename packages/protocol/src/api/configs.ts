import Type from 'typebox';
import { Name, nullable, Time } from './common.ts';

const Text = nullable(
  Type.String({ description: 'As JSON, shortened; passwords and hashes are not shown. Null: not there' }),
);

/** One field that says something else than before. */
export const FieldChange = Type.Object(
  {
    path: Type.String({ description: 'Where it stands: `workers`, `properties.flavour`' }),
    before: Text,
    after: Text,
    added: Type.Optional(Type.Array(Type.String(), { description: 'Of a list of names: what is new in it' })),
    removed: Type.Optional(
      Type.Array(Type.String(), { description: 'Of a list of names: what is gone from it' }),
    ),
  },
  { title: 'FieldChange', description: 'A field that says something else than before' },
);
export type FieldChange = Type.Static<typeof FieldChange>;

const changeKinds = ['added', 'changed', 'removed'] as const;

export const StepChange = Type.Object(
  {
    name: Name,
    kind: Type.Enum([...changeKinds], { type: 'string' }),
    fields: Type.Array(FieldChange, { description: 'Of a step that changed' }),
  },
  { title: 'StepChange', description: 'A step of a plan that is new, gone or another' },
);
export type StepChange = Type.Static<typeof StepChange>;

/** What a builder's plan for a sample source has come to. */
export const PlanChange = Type.Object(
  {
    branch: nullable(Type.String({ description: 'The branch of the sample source' })),
    fields: Type.Array(FieldChange, {
      description: 'Of the plan itself: its environment, the order of steps',
    }),
    steps: Type.Array(StepChange),
    failure: nullable(Type.String({ description: 'Why there is no plan to compare' })),
  },
  { title: 'PlanChange', description: "What a builder's plan for a sample source has come to" },
);
export type PlanChange = Type.Static<typeof PlanChange>;

export const NounChange = Type.Object(
  {
    noun: Type.String({ description: '`builder`, `worker`, `scheduler`, `repository`, `token`, …' }),
    name: Name,
    kind: Type.Enum([...changeKinds], { type: 'string' }),
    fields: Type.Array(FieldChange, { description: 'Of one that changed' }),
    plan: nullable(PlanChange),
  },
  { title: 'NounChange', description: 'Something with a name that is new, gone or another' },
);
export type NounChange = Type.Static<typeof NounChange>;

const consequenceKinds = [
  'requests-wait',
  'requests-return',
  'builds-go-on',
  'worker-leaves',
  'scheduler-begins',
  'scheduler-returns',
  'scheduler-ends',
  'scheduler-lost-builders',
  'builder-unscheduled',
  'branch-unwatched',
  'plan-fails',
] as const;

export const Consequence = Type.Object(
  {
    kind: Type.Enum([...consequenceKinds], { type: 'string' }),
    /** The builder, worker, scheduler or branch that it is about. */
    name: Type.String(),
    message: Type.String({ description: 'A sentence for people' }),
  },
  { title: 'Consequence', description: 'What will run, or not run any more, in another way than before' },
);
export type Consequence = Type.Static<typeof Consequence>;

export const ConfigDiff = Type.Object(
  {
    settings: Type.Array(FieldChange, { description: 'Of the config itself, such as `lostAfterMs`' }),
    nouns: Type.Array(NounChange),
    consequences: Type.Array(Consequence),
    leftOff: Type.Integer({ minimum: 0, description: 'Changes beyond those that are told' }),
  },
  { title: 'ConfigDiff', description: 'What another config changes' },
);
export type ConfigDiff = Type.Static<typeof ConfigDiff>;

/** `POST /masters/{name}/reload`. */
export const Reload = Type.Object(
  {
    dryRun: Type.Optional(
      Type.Boolean({ description: 'Read and compare it, and put nothing in force', default: false }),
    ),
  },
  { title: 'Reload', description: 'How the config is to be read again', additionalProperties: false },
);
export type Reload = Type.Static<typeof Reload>;

const reloadKinds = ['reloaded', 'unchanged', 'checked'] as const;

export const Reloaded = Type.Object(
  {
    kind: Type.Enum([...reloadKinds], {
      type: 'string',
      description: '`checked`: it was a dry run, and nothing is in force that was not before',
    }),
    file: Type.String({ description: "The config's file" }),
    before: Type.String({ description: 'The generation that was in force' }),
    after: Type.String({ description: 'The generation of what was read' }),
    diff: ConfigDiff,
  },
  { title: 'Reloaded', description: 'What came of reading the config again' },
);
export type Reloaded = Type.Static<typeof Reloaded>;

const Count = Type.Integer({ minimum: 0 });
export const ChangeCounts = Type.Object(
  { added: Count, changed: Count, removed: Count },
  { title: 'ChangeCounts', description: 'How much a diff tells' },
);
export type ChangeCounts = Type.Static<typeof ChangeCounts>;

export const Generation = Type.Object(
  {
    generation: Type.String({ description: 'As it stands with each build that it planned' }),
    before: nullable(Type.String({ description: 'The one that was in force until then' })),
    how: Type.Enum(['start', 'reload'], { type: 'string' }),
    by: nullable(Type.String({ description: 'Who asked: the name of a token, a signal' })),
    enteredAt: Time,
    counts: ChangeCounts,
    diff: ConfigDiff,
  },
  { title: 'Generation', description: 'A version of the config that came into force' },
);
export type Generation = Type.Static<typeof Generation>;
