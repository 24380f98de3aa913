import Type from 'typebox';
import {
  Id,
  Name,
  nullable,
  Properties,
  PropertyValueSchema,
  ReasonSchema,
  ResultSchema,
  Time,
} from './common.ts';
import { WorkerFacts } from './workers.ts';

export const buildStates = ['running', 'finished'] as const;

export const Build = Type.Object(
  {
    id: Id,
    builder: Name,
    number: Type.Integer({ minimum: 1, description: 'Which build of its builder, from 1' }),
    request: Id,
    fence: Type.Integer({ description: 'Which claim of its request' }),
    state: Type.Enum([...buildStates], { type: 'string' }),
    result: nullable(ResultSchema),
    reason: nullable(ReasonSchema),
    message: nullable(Type.String({ description: 'What happened, in words' })),
    worker: Name,
    slot: Type.Integer({ description: "Which of the worker's slots, from 0" }),
    repository: nullable(Type.String()),
    branch: nullable(Type.String()),
    revision: nullable(Type.String({ description: 'Absolute' })),
    generation: Type.String({ description: 'The version of the config that made its plan' }),
    startedAt: Time,
    finishedAt: nullable(Time),
    cancelling: Type.Boolean({
      description: 'Somebody asked that it be cancelled and the worker has not yet said that it is',
    }),
    silent: Type.Boolean({ description: 'It runs, and its worker has not been heard of for some time' }),
    subject: nullable(
      Type.String({ description: 'The first line of what its change says; null where nobody told of one' }),
    ),
  },
  { title: 'Build', description: 'One run of a request on a worker' },
);
export type Build = Type.Static<typeof Build>;

const logStreams = ['combined', 'stdout', 'stderr'] as const;

export const Log = Type.Object(
  {
    id: Id,
    name: Name,
    stream: Type.Enum([...logStreams], { type: 'string' }),
    state: Type.Enum(['open', 'closed'], { type: 'string' }),
    lines: Type.Integer({
      description: 'Lines in it; while it is open, those that have ended',
    }),
    bytes: Type.Integer(),
    expired: nullable(
      Type.Object(
        { at: Time, because: Type.String({ description: 'In words: the log is older than 30 days' }) },
        { description: 'Its bytes have been removed: they are answered with 410' },
      ),
    ),
  },
  { title: 'Log', description: 'Output of a step' },
);
export type Log = Type.Static<typeof Log>;

/** What a try of a step ended as that was not the last. */
const StepTry = Type.Object(
  {
    try: Type.Integer({ minimum: 1, description: 'Which, from 1' }),
    result: ResultSchema,
    reason: nullable(ReasonSchema),
    message: nullable(Type.String()),
    exitCode: nullable(Type.Integer()),
    signal: nullable(Type.String()),
    endedAt: Time,
    nextInMs: Type.Integer({ description: 'How long it waited for the next' }),
  },
  { title: 'StepTry', description: 'A try of a step that was tried again' },
);

const StepCommand = Type.Object(
  {
    command: Type.String({ description: 'As a person would give it to a shell; cut where it is very long' }),
    folder: Type.String({ description: "Below the build's folder" }),
    environment: Type.Array(Type.String(), { description: 'Names of the variables that it sees' }),
  },
  { title: 'StepCommand', description: 'What a step runs' },
);

const Link = Type.Object(
  { label: Type.String(), url: Type.String({ description: 'http or https' }) },
  { title: 'Link', description: 'An address that a step told of' },
);

/**
 * `pending`: in the plan and not begun. Once the build has ended, a step that never began is `finished`
 * as `skipped`, without times.
 */
export const Step = Type.Object(
  {
    index: Type.Integer({ description: 'Its place in the plan, from 0' }),
    name: Name,
    kind: Type.String({ description: 'What it does: `sh`, `checkout`, `set-property`, `link`' }),
    state: Type.Enum(['pending', 'running', 'finished'], { type: 'string' }),
    result: nullable(ResultSchema),
    reason: nullable(ReasonSchema),
    message: nullable(Type.String({ description: 'What happened, in words; of a skipped step, why' })),
    exitCode: nullable(Type.Integer()),
    signal: nullable(Type.String()),
    warnings: Type.Integer({ description: 'Lines of output that were warnings' }),
    tries: Type.Array(StepTry, { description: 'Those before the last, whose end is its own' }),
    command: nullable(StepCommand),
    links: Type.Array(Link),
    startedAt: nullable(Time),
    finishedAt: nullable(Time),
    logs: Type.Array(Log),
    visibility: Type.Optional(
      Type.Literal('private', { description: 'What it printed and said is for who has a token' }),
    ),
  },
  { title: 'Step', description: 'A part of a build' },
);
export type Step = Type.Static<typeof Step>;

export const BuildProperty = Type.Object({ name: Name, value: PropertyValueSchema, source: Name });
export type BuildProperty = Type.Static<typeof BuildProperty>;

/** Of a list of builds, which has properties where they were asked for. */
export const ListedBuild = Type.Object(
  {
    ...Build.properties,
    properties: Type.Optional(
      Type.Array(BuildProperty, { description: 'By their names; with `include=properties`' }),
    ),
  },
  { title: 'ListedBuild', description: 'A build as lists have it' },
);
export type ListedBuild = Type.Static<typeof ListedBuild>;

/** The same where `fields` says which of them are wanted. */
export const BuildPart = Type.Partial(ListedBuild, {
  title: 'BuildPart',
  description: 'The fields of a build that were asked for',
});
export type BuildPart = Type.Static<typeof BuildPart>;

/** `GET /builds/{id}`: the build with what a page about it needs at once. */
export const BuildDetail = Type.Object(
  {
    ...Build.properties,
    steps: Type.Array(Step, { description: "In the plan's order" }),
    properties: Type.Array(BuildProperty),
    buildset: Type.Object({ id: Id, reason: Type.String(), scheduler: nullable(Name) }),
    attempts: Type.Array(
      Type.Object({
        id: Id,
        number: Type.Integer(),
        result: nullable(ResultSchema),
        reason: nullable(ReasonSchema),
      }),
      { description: 'All builds of the same request, oldest first, this one among them' },
    ),
    change: nullable(
      Type.Object(
        {
          id: Id,
          author: Type.String(),
          message: Type.String(),
          committedAt: Time,
          link: nullable(Type.String({ description: 'A page about it' })),
        },
        { description: 'Author and message of the revision, where a change told them' },
      ),
    ),
    workerFacts: nullable(WorkerFacts),
  },
  { title: 'BuildDetail', description: 'A build with its steps, properties and other attempts' },
);
export type BuildDetail = Type.Static<typeof BuildDetail>;

/** `POST /builders/{name}/force`. Without `revision` the branch's head is taken now and pinned. */
export const Force = Type.Object(
  {
    branch: Type.Optional(Type.String({ minLength: 1, maxLength: 1000 })),
    revision: Type.Optional(Type.String({ minLength: 4, maxLength: 1000 })),
    properties: Type.Optional(Properties),
    priority: Type.Optional(Type.Integer({ minimum: -1000, maximum: 1000 })),
    reason: Type.Optional(Type.String({ maxLength: 1000 })),
  },
  {
    title: 'Force',
    description: 'What to build, where it is not the head of the usual branch',
    additionalProperties: false,
  },
);
export type Force = Type.Static<typeof Force>;

export const Forced = Type.Object(
  {
    buildset: Id,
    requests: Type.Array(Id),
    revision: nullable(Type.String({ description: 'The absolute revision that it was pinned to' })),
  },
  { title: 'Forced', description: 'What was added to the queue' },
);
export type Forced = Type.Static<typeof Forced>;

export const Cancel = Type.Object(
  {
    message: Type.Optional(
      Type.String({ maxLength: 1000, description: 'Why, for whoever looks at it later' }),
    ),
  },
  { title: 'Cancel', description: 'Why it is not wanted any more', additionalProperties: false },
);
export type Cancel = Type.Static<typeof Cancel>;
